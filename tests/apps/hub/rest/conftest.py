"""A basin for all tests of the REST interface, and a hub for each file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.apps.hub.rest.rest_hub import RestHub, rest_hub
from tests.guarded import mark, write_guarded_basin
from tests.shared_store import SharedStore
from twin.basin import Basin
from twin.stations.model import Observation
from twin.stations.store import Database, Writer

STATION = f"{mark('internal', 'gauge')}0"
STREAM = f"{STATION}.level"
AT = datetime(2026, 7, 28, 6, 0, tzinfo=UTC)
COUNT = 25
"""Values of every five minutes, the tenth one missing, and the third corrected an hour later."""


@pytest.fixture(scope="session")
def guarded_basin(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built basin with entries of every level of access, and observations."""
    from twin.live import folder_of

    catalog = write_guarded_basin(tmp_path_factory.mktemp("rest"), stations="internal")
    shared_store.build(catalog)
    database = Database.sqlite(folder_of(Basin.open(catalog)), write=True)
    try:
        writer = Writer(database)
        writer.append([_seen(k, None if k == 9 else 150.0 + 0.01 * k) for k in range(COUNT)])
        writer.append([_seen(2, 151.5, late=timedelta(hours=1))])
    finally:
        database.close()
    return catalog


def _seen(number: int, value: float | None, *, late: timedelta = timedelta()) -> Observation:
    at = AT + number * timedelta(minutes=5)
    quality = "missing" if value is None else "good"
    return Observation(
        datastream=STREAM,
        phenomenon_at=at,
        received_at=at + timedelta(minutes=1) + late,
        value=value,
        quality=quality,
        feed="web",
    )


@pytest.fixture(scope="module")
def rest(guarded_basin: Path) -> Iterator[RestHub]:
    """A running hub."""
    with rest_hub(guarded_basin) as found:
        yield found


@pytest.fixture(scope="module")
def basin(guarded_basin: Path) -> Basin:
    return Basin.open(guarded_basin)

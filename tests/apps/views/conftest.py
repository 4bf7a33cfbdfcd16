"""The basin of the flood, built once, and a session of its desk."""

from __future__ import annotations

import pytest

from apps.session.flood_replay import Flood, first_flood
from apps.session.session import Session
from tests.apps.clock import Clock
from tests.browser.flood_basin import write_flood_basin
from tests.shared_store import SharedStore
from twin.basin import Basin


@pytest.fixture(scope="session")
def basin(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Basin:
    return Basin.open(shared_store.build(write_flood_basin(tmp_path_factory.mktemp("views"))))


@pytest.fixture(scope="session")
def flood(basin: Basin) -> Flood:
    found = first_flood(basin)
    assert found is not None
    return found


@pytest.fixture
def session(basin: Basin, flood: Flood, clock: Clock) -> Session:
    return Session(basin, flood=flood, clock=clock)

"""A store that goes while it is served is not made anew: one that is mounted again finds its place free."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from apps.hub.audit import AuditJournal
from apps.hub.kept_desks_file import Kept, KeptDesksFile
from apps.live.server import write_address
from twin.disk import SystemRefusalError
from twin.stations.store.database import Database


def _keep_a_desk(store: Path) -> Callable[[], None]:
    file = KeptDesksFile(store / "desks.sqlite")

    def write() -> None:
        with closing(file):
            file.write({secrets.token_hex(16): (Kept(), 0.0)}, younger_s=1e9, most=10)

    write()
    return write


def _record(store: Path) -> Callable[[], None]:
    journal = AuditJournal(store / "audit.jsonl")
    return lambda: journal.record("li", "signed_in")


def _open_observations(store: Path) -> Callable[[], None]:
    def write() -> None:
        Database.sqlite(store / "live", write=True).close()

    write()
    return write


def _say_where(store: Path) -> Callable[[], None]:
    return lambda: write_address(store / "live", port=1, secret="")


@pytest.mark.parametrize("writer", [_keep_a_desk, _record, _open_observations, _say_where])
def test_a_store_that_has_gone_is_not_made_anew(
    writer: Callable[[Path], Callable[[], None]], tmp_path: Path
) -> None:
    store, away = tmp_path / ".twin", tmp_path / "away"
    (store / "live").mkdir(parents=True)
    write = writer(store)
    write()
    store.rename(away)
    with pytest.raises((OSError, SystemRefusalError)):
        write()
    assert not store.exists()
    away.rename(store)
    write()

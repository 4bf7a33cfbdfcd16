"""What is kept of desks comes back as it was, whatever became of the file; and nothing else does."""

from __future__ import annotations

import asyncio
import logging
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from apps.hub import kept_desks
from apps.hub.kept_desks import KEPT_S, MOST, KeptDesks
from apps.hub.kept_desks_file import Kept, KeptDesksFile

KEPT = Kept(owner="li", link="2.abc", language="en", unit="level", panel="layers")


class Clock:
    now = 1e9

    def __call__(self) -> float:
        return self.now


OPENED: list[KeptDesksFile] = []


@pytest.fixture(autouse=True)
def closes_files() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "desks.sqlite"


def name() -> str:
    return secrets.token_hex(16)


async def written(path: Path, *names: str, clock: Clock | None = None) -> None:
    """Keep desks of li's, as a hub does that is ended."""
    clock = clock or Clock()
    desks = KeptDesks(KeptDesksFile(path, clock=clock), clock=clock)
    for one in names:
        desks.take(one, "li")
        desks.keep(one, KEPT)
    await desks.close()


def anew(path: Path, clock: Clock | None = None) -> KeptDesks:
    """The desks of a hub that starts."""
    OPENED.append(KeptDesksFile(path, clock=clock or Clock()))
    return KeptDesks(OPENED[-1], clock=lambda: 5.0)


async def test_a_desk_comes_back_whole_to_its_owner_alone(path: Path) -> None:
    mine = name()
    await written(path, mine)
    assert path.stat().st_mode & 0o777 == 0o600
    desks = anew(path)
    other, kept = desks.take(mine, "wang")
    assert (other == mine, kept) == (False, None)
    assert desks.take(mine, "li") == (mine, KEPT)
    assert desks.take(mine, "li")[1] is None, "it is open"


async def test_an_open_desk_is_written_when_it_has_changed_and_found_after_a_kill(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_desks, "WRITE_EVERY_S", 0.01)
    desks, mine, now = anew(path), name(), [KEPT]
    desks.take(mine, "li")
    desks.follow(mine, lambda: now[0])
    running = asyncio.create_task(desks.run())
    for link in ("2.abc", "2.def"):
        now[0] = replace(KEPT, link=link)
        async with asyncio.timeout(10):
            while anew(path).take(mine, "li")[1] != now[0]:
                await asyncio.sleep(0.01)
    running.cancel()  # and nothing more is written
    await asyncio.gather(running, return_exceptions=True)


async def test_after_a_day_it_is_gone_also_from_the_file(path: Path) -> None:
    clock, old, new = Clock(), name(), name()
    await written(path, old, clock=clock)
    clock.now += KEPT_S + 1
    assert anew(path, clock).take(old, "li")[1] is None
    await written(path, new, clock=clock)
    clock.now -= KEPT_S
    desks = anew(path, clock)
    assert desks.asleep == 1 and desks.take(new, "li")[1] == KEPT, "a clock that is set back makes none older"


async def test_of_too_many_the_oldest_go(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_desks, "MOST", 3)
    clock, names = Clock(), [name() for _ in range(5)]
    for one in names:
        clock.now += 1
        await written(path, one, clock=clock)
    monkeypatch.setattr(kept_desks, "MOST", MOST)
    desks = anew(path, clock)
    assert [desks.take(one, "li")[1] for one in names] == [None, None, KEPT, KEPT, KEPT]


def spoil_whole(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def spoil_within(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))


def other_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript("DROP TABLE desks; CREATE TABLE desks (some TEXT)")


@pytest.mark.parametrize("spoil", [spoil_whole, spoil_within, other_table])
async def test_a_broken_file_is_set_aside_with_one_line(
    path: Path, spoil: object, caplog: pytest.LogCaptureFixture
) -> None:
    assert callable(spoil)
    mine = name()
    await written(path, name())
    spoil(path)
    desks = anew(path)
    assert desks.asleep == 0
    (line,) = caplog.messages
    assert (
        str(path) in line and "desks.sqlite.broken" in line and path.with_name(f"{path.name}.broken").exists()
    )
    await desks.close()
    await written(path, mine)
    assert anew(path).take(mine, "li")[1] == KEPT


BAD = (
    ("x" * 32, 1e9, b"\xff"),
    ("x" * 32, 1e9, "{"),
    ("x" * 32, 1e9, "[]"),
    ("x" * 32, 1e9, '{"language": "fr"}'),
    ("x" * 32, 1e9, '{"link": 3}'),
    ("x" * 32, 1e9, '{"link": "' + "a" * 7000 + '"}'),
    ("x" * 32, float("inf"), "{}"),
    ("x" * 32, "yesterday", "{}"),
)


@pytest.mark.parametrize("row", BAD)
async def test_a_row_that_is_no_desk_costs_no_other(
    path: Path, row: tuple[object, ...], caplog: pytest.LogCaptureFixture
) -> None:
    mine = name()
    await written(path, mine)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO desks VALUES (?, ?, ?)", row)
    desks = anew(path)
    assert len(caplog.messages) == 1 and "1 of 2 rows" in caplog.text
    await desks.close()
    caplog.clear()
    assert anew(path).take(mine, "li")[1] == KEPT and not caplog.messages, "the good ones are in the new file"


async def test_a_file_that_breaks_or_goes_while_it_is_open_is_written_anew(path: Path) -> None:
    first, second, third = name(), name(), name()
    desks = KeptDesks(KeptDesksFile(path))
    desks.keep(first, KEPT)
    await desks._write()
    path.unlink()
    desks.keep(second, KEPT)
    await desks._write()
    desks.keep(third, KEPT)
    await desks.close()
    found = anew(path)
    assert [found.take(one, "li")[1] for one in (first, second, third)] == [KEPT] * 3


async def test_a_full_disk_costs_the_keeping_only_and_one_line(
    tiny_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    path, mine = tiny_disk / "desks.sqlite", name()
    await written(path, name())
    desks = KeptDesks(KeptDesksFile(path))
    filler = tiny_disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    for _ in range(3):
        for _ in range(100):
            desks.keep(name(), KEPT)
        await desks._write()
    desks.keep(mine, KEPT)
    assert desks.asleep == 301
    (line,) = caplog.messages
    assert str(path) in line and "full" in line
    filler.unlink()
    await desks.close()
    assert "again" in caplog.messages[-1]
    found = anew(path)
    assert found.take(mine, "li")[1] == KEPT
    await found.close()

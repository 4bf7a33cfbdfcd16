"""Small runs of the wall's figures, to see that they work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.apps.hub.serving import serving
from tests.bench import affected, wall_back, wall_hour, wall_tour, wall_watchers

pytestmark = pytest.mark.bench
long = pytest.mark.skipif(os.environ.get("TWIN_ENDURANCE") != "1", reason="takes seconds: script/endurance")
SMALL = (960, 640)


def rows(printed: str) -> dict[str, str]:
    """What was measured, by what it is."""
    lines = [line.split("|")[1:3] for line in printed.splitlines() if line.startswith("| ")][1:]
    return {what.strip(): measured.strip() for what, measured in lines}


async def test_the_wall_is_watched_beside_desks(
    small_basin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await wall_hour.main(small_basin, seconds=6.0)
    found = rows(capsys.readouterr().out)
    assert len(found) == 12, found
    assert found["warnings and errors in the log"] == "0", found


async def test_every_watcher_gets_every_still_that_is_painted_once(small_basin: Path) -> None:
    async with serving(small_basin) as server:
        found = await wall_watchers.watched(server, count=5, seconds=1.0)
    assert len({frozenset(bot.at_rest) for bot in found.bots}) == 1
    row = wall_watchers.rows_of(found, seconds=1.0)[3]
    assert 0.5 < float(row[1]) < 2.0, row


@long
async def test_the_wall_flies_in_a_browser(small_basin: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await wall_tour.main(small_basin, small_basin.parent / ".twin", 1, (SMALL, (1280, 720)))
    found = rows(capsys.readouterr().out)
    assert all(float(value) > 0 for what, value in found.items() if "shown pictures" in what), found


@long
async def test_the_wall_comes_back(small_basin: Path) -> None:
    (found,) = await wall_back.shown_again(
        small_basin, small_basin.parent / ".twin", away_s=(0.5,), size=SMALL
    )
    assert 0 < found[1] <= found[0]


@long
def test_the_list_of_villages_is_timed(small_basin: Path, capsys: pytest.CaptureFixture[str]) -> None:
    affected.main(small_basin, count=2, level_m=155.0)
    assert len(rows(capsys.readouterr().out)) == 3

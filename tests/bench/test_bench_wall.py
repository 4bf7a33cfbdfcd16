"""A small run of the wall's hour, to see that it works."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import wall_hour

pytestmark = pytest.mark.bench


async def test_the_wall_is_watched_beside_desks(
    small_basin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await wall_hour.main(small_basin, seconds=6.0)
    rows = [line.split("|")[1:4] for line in capsys.readouterr().out.splitlines()[2:11]]
    found = {what.strip(): measured.strip() for what, measured, _ in rows}
    assert len(found) == 9, found
    assert found["warnings and errors in the log"] == "0", found

"""A small run of the film's benchmark, to see that it works."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import film

pytestmark = pytest.mark.bench


def test_the_benchmark_measures_every_figure(small_basin: Path, capsys: pytest.CaptureFixture[str]) -> None:
    film.main(
        small_basin, None, size=(320, 180), large=(640, 360), seconds=0.2, draft_s=0.2, part=1, workers=1
    )
    rows = [line.split("|")[1:4] for line in capsys.readouterr().out.splitlines()[2:9]]
    found = {what.strip(): float(measured) for what, _, measured in rows}
    assert len(found) == 7
    assert [value for what, value in found.items() if "frames that" in what or "missing" in what] == [0, 0]
    assert all(value == 0 for what, value in found.items() if what.startswith("frames of"))

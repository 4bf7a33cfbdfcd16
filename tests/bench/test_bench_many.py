"""A small run of the benchmark of many desks, to see that it works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bench import many_desks

pytestmark = pytest.mark.bench


def test_the_benchmark_measures_every_figure(small_basin: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many_desks.main(small_basin, seconds=1.5, open_=3, still=3)
    rows = [line.split("|")[1:4] for line in capsys.readouterr().out.splitlines()[2:]]
    found = {what.strip(): measured.strip() for what, measured, _ in rows}
    assert len(found) == 13, found
    for what, measured in found.items():
        number = re.search(r"[\d,.]+", measured)
        assert number is not None, found
        assert float(number.group().replace(",", "")) > 0 or what == "… of a core", found

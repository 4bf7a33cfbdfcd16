"""A small run of the slow line's benchmark, to see that it works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bench import slow

pytestmark = [pytest.mark.bench, pytest.mark.browser]


def test_the_benchmark_measures_every_figure(small_basin: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slow.main(small_basin, seconds=1.0, kbit_per_s=1500.0)
    rows = [line.split("|")[1:4] for line in capsys.readouterr().out.splitlines()[2:]]
    found = {what.strip(): measured.strip() for what, measured, _ in rows}
    assert len(found) == 14, found
    for measured in found.values():
        number = re.search(r"[\d.]+", measured)
        assert number is not None and float(number.group()) >= 0, found

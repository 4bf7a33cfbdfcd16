"""A small run of the desk's benchmark, to see that it works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bench import desk

pytestmark = [pytest.mark.bench, pytest.mark.browser]


def test_the_benchmark_measures_every_figure(small_basin: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk.main(small_basin, seconds=1.0)
    rows = [line.split("|")[1:4] for line in capsys.readouterr().out.splitlines()[2:]]
    found = {what.strip(): measured.strip() for what, measured, _ in rows}
    assert len(found) == 16
    for measured in found.values():
        number = re.search(r"[\d,.]+", measured)
        assert number is not None and float(number.group().replace(",", "")) > 0, found

"""A small run of the builders' benchmark."""

from __future__ import annotations

import re

import pytest

from tests.bench import building

pytestmark = pytest.mark.bench


def test_it_tells_points_and_triangles_a_second_and_memory(capsys: pytest.CaptureFixture[str]) -> None:
    building.main(points=3_000, triangles=5_000, obj_mib=1, peer=None)
    table = capsys.readouterr().out
    assert re.search(r"\| 3,000 points into \d+ tiles, .* \| [\d,]+ points/s \|", table)
    assert re.search(r"\| 5,000 triangles into \d+ tiles \| [\d,]+ triangles/s \|", table)
    found = re.search(r"an OBJ of (\d+) MiB into \d+ tiles \| \d+ s, at most ([\d,]+) MiB", table)
    assert found is not None
    assert int(found[1]) in (0, 1)
    assert 50 < int(found[2].replace(",", "")) < 1_000

"""The benchmark of live stations runs, small, and prints its table."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def told_by(code: str, folder: Path) -> list[str]:
    """The lines that a program prints which is run beside the benchmarks; ``f`` is its folder."""
    head = "import sys; from pathlib import Path; sys.path.insert(0, '.'); f = Path(sys.argv[1]);"
    command = [sys.executable, "-c", head + code, str(folder)]
    done = subprocess.run(command, cwd=HERE, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.bench
def test_keeping_and_finding_observations_prints_rows(tmp_path: Path) -> None:
    code = (
        "import asyncio, stations as s;"
        "print(s.batches_per_s(f / 'a', count=4000) > 0);"
        "print(asyncio.run(s.acknowledged_per_s(f / 'b', each=2)) > 0);"
        "print(s.stretch_ms(*s.fill(f / 'c', count=429 * 1000))[1])"
    )
    assert told_by(code, tmp_path) == ["True", "True", "865"]


@pytest.mark.bench
@pytest.mark.browser
def test_a_value_is_followed_from_the_feed_to_the_screen(tmp_path: Path) -> None:
    code = (
        "import live; from tests.browser.live_basin import write_live_basin;"
        "first = {'30500001': 151.0, '31000001': 1.5};"
        "print(*live.measure(write_live_basin(f, url=None), f, count=2, first=first), sep='\\n')"
    )
    assert len(told_by(code, tmp_path)) == 2


@pytest.mark.bench
def test_stations_beside_those_who_disturb_print_a_row(tmp_path: Path) -> None:
    code = (
        "import disturbed as d; d.SOCKETS, d.COUNT, d.BEFORE_S, d.AFTER_S = 3, 3, 1.0, 0.0;"
        "port = d.free_port(); catalog = d.write_basin(f, port);"
        "print(*d.measure(catalog, port, 'packets without end', reports=2)[4:5])"
    )
    assert told_by(code, tmp_path) == ["0 of 6"]

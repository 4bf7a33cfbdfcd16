"""The benchmark of live stations runs, small, and prints its table."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.bench
def test_keeping_and_finding_observations_prints_rows(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys; from pathlib import Path; sys.path.insert(0, '.');"
        "import stations as s; f = Path(sys.argv[1]);"
        "print(s.batches_per_s(f / 'a', count=4000) > 0);"
        "print(asyncio.run(s.acknowledged_per_s(f / 'b', each=2)) > 0);"
        "print(s.stretch_ms(*s.fill(f / 'c', count=429 * 1000))[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=HERE, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["True", "True", "865"]


@pytest.mark.bench
@pytest.mark.browser
def test_a_value_is_followed_from_the_feed_to_the_screen(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; import live;"
        "from tests.browser.live_basin import write_live_basin;"
        "f = Path(sys.argv[1]); c = write_live_basin(f, url=None);"
        "first = {'30500001': 151.0, '31000001': 1.5};"
        "print(*live.measure(c, f, count=2, first=first), sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=HERE, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2

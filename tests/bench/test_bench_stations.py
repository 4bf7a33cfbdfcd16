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

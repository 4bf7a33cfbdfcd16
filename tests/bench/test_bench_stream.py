"""The benchmark of streaming runs, small, and prints its table."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.bench
def test_the_benchmark_of_selection_prints_a_table():
    call = [sys.executable, "stream_select.py", "--villages", "4", "9", "--frames", "3"]
    table = subprocess.run(call, cwd=HERE, check=True, capture_output=True, text=True).stdout
    assert "| 4 | 420 |" in table
    assert "| 9 | 945 |" in table

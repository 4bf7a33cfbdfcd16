"""Memory that was freed goes back to the system, also between blocks that stay."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

CHURN = """
import sys
import numpy as np
import psutil
from apps.memory import set_malloc_thresholds

if sys.argv[1] == "held":
    assert set_malloc_thresholds()
kept = []
for turn in range(40):
    pictures = [np.ones(side * side * 4, np.uint8) for side in (1500, 700, 1400, 600)]
    kept.append(np.ones(200_000, np.uint8))
    del pictures
print(psutil.Process().memory_info().rss)
"""

GAPS = """
import psutil
from apps.memory import HeapTrimmer

blocks = [bytearray(30_000) for _ in range(4_000)]
blocks = blocks[::4]
now = [0.0]
gaps = HeapTrimmer(every_s=20.0, clock=lambda: now[0])
told = []
for now[0] in (10.0, 20.0, 30.0, 39.9):
    before = psutil.Process().memory_info().rss
    told.append((gaps.trim(), before - psutil.Process().memory_info().rss > 10_000_000))
print(told)
"""


def resident_bytes(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", CHURN, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
def test_pictures_of_changing_size_leave_no_gaps_behind() -> None:
    assert resident_bytes("held") < resident_bytes("left alone") - 5_000_000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
def test_gaps_between_small_blocks_are_given_back_now_and_then() -> None:
    done = subprocess.run([sys.executable, "-c", GAPS], capture_output=True, text=True, check=True)
    first, (given, much), *later = ast.literal_eval(done.stdout)
    assert first == (False, False)  # not at once
    assert given
    assert much
    assert later == [(False, False)] * 2

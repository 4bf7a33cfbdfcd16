"""Memory that was freed goes back to the system, also between blocks that stay."""

from __future__ import annotations

import subprocess
import sys

import pytest

CHURN = """
import sys
import numpy as np
import psutil
from apps.memory import give_memory_back

if sys.argv[1] == "held":
    assert give_memory_back()
kept = []
for turn in range(40):
    pictures = [np.ones(side * side * 4, np.uint8) for side in (1500, 700, 1400, 600)]
    kept.append(np.ones(200_000, np.uint8))
    del pictures
print(psutil.Process().memory_info().rss)
"""


def resident_bytes(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", CHURN, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
def test_pictures_of_changing_size_leave_no_gaps_behind() -> None:
    assert resident_bytes("held") < resident_bytes("left alone") - 5_000_000

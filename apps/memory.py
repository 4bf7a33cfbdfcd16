"""How the C library gives memory back.

Left to itself glibc raises its threshold for mapped blocks to the largest block ever freed, up to 32 MB.
Pictures and frame buffers then come from the heap, and a view that alternates between half and full
resolution keeps every gap between them: 551 MB after 24 changes on the sample basin, 283 MB with the
thresholds held (PSS).
"""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_MAPPED_FROM_BYTES = 256 * 1024
_KEPT_BYTES = 1024 * 1024


def give_memory_back() -> bool:
    """Hold both thresholds for this process; False where the C library is not glibc."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, _MAPPED_FROM_BYTES) and mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES))

"""Files as read-only memory, without a descriptor that stays open.

Python's ``mmap`` keeps a copy of the descriptor as long as the mapping lives (until 3.13), and a thousand
tiles in view would need a thousand of them; so the system's call is made directly.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.arrays import U8

_libc = ctypes.CDLL(None, use_errno=True)
_mmap = _libc.mmap
_mmap.restype = ctypes.c_void_p
_mmap.argtypes = (
    ctypes.c_void_p,
    ctypes.c_size_t,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_int64,
)
_madvise = _libc.madvise
_madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
_munmap = _libc.munmap
_munmap.restype = ctypes.c_int
_munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
_FAILED = ctypes.c_void_p(-1).value
# Linux's numbers, the same on x86-64 and ARM
_PROT_READ, _MAP_SHARED, _MAP_POPULATE, _MADV_DONTNEED = 1, 1, 0x8000, 4


class _Mapping:
    """Owns one mapped range. numpy keeps it as the base of every view; with the last view it goes."""

    def __init__(self, address: int, length: int) -> None:
        self.address, self.length = address, length

    @property
    def __array_interface__(self) -> dict[str, Any]:
        return {"version": 3, "typestr": "|u1", "shape": (self.length,), "data": (self.address, True)}

    # The default argument: at the interpreter's end the module's names may be gone already.
    def __del__(self, unmap: Callable[[int, int], int] = _munmap) -> None:
        unmap(self.address, self.length)


def release_pages(*views: NDArray[Any]) -> None:
    """Release pages of the mapped files behind arrays.

    This module's or numpy's. Whoever reads them gets it anew from the file: what was read once, to be handed
    to OpenGL, need not stay in every view process. Other arrays are left alone.
    """
    for view in views:
        base: object = view
        while isinstance(base, np.ndarray):
            base = base.base
        if isinstance(base, _Mapping):
            _madvise(base.address, base.length, _MADV_DONTNEED)
        elif isinstance(base, mmap.mmap):
            base.madvise(mmap.MADV_DONTNEED)


def map_file(path: Path) -> U8:
    """Map a file's bytes, (n,) uint8, read-only.

    The memory is given back when the last view of it is gone. A file that is deleted or replaced by a rename
    stays readable here; one that is shortened in place would end the process on the next touch, which is why
    tiles are only ever replaced by a rename. Raises OSError where the path is no readable, regular file.
    """
    # A pipe would wait for its writer.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError("not a regular file")
        if status.st_size == 0:
            return np.zeros(0, np.uint8)
        # Fetched from the disk here, where a tile is loaded, and not where it is first drawn.
        address = _mmap(None, status.st_size, _PROT_READ, _MAP_SHARED | _MAP_POPULATE, descriptor, 0)
        if address == _FAILED:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
    finally:
        os.close(descriptor)
    return np.asarray(_Mapping(address, status.st_size))

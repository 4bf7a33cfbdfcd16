"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from pathlib import Path


def write_whole(path: Path, pieces: Iterable[bytes | memoryview]) -> int:
    """Write ``pieces`` to a temporary file, then rename.

    Returns the bytes written. Who has the former file mapped keeps it. Not synced to the disk: a product is
    synced once, as a whole, before its name appears. Raises OSError.
    """
    passing = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        with passing.open("wb", buffering=0) as file:
            size = sum(_write_all(file.fileno(), memoryview(piece).cast("B")) for piece in pieces)
        passing.replace(path)
    except BaseException:
        passing.unlink(missing_ok=True)
        raise
    return size


def _write_all(descriptor: int, piece: memoryview) -> int:
    done = 0
    while done < len(piece):
        done += os.write(descriptor, piece[done:])
    return done

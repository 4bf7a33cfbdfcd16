"""Open a LAS file whose records are named in GBK."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

BUFFER = 1 << 20


def opened(path: Path, *, foreign: Sequence[tuple[int, int]]) -> BinaryIO:
    """Open a file, bytes beyond ASCII in spans replaced by ``?``.

    Spans are (first, end). laspy refuses a whole file for one record whose owner's name is in GBK.
    """
    return io.BufferedReader(_Masked(path, foreign), BUFFER) if foreign else path.open("rb")


class _Masked(io.FileIO):
    def __init__(self, path: Path, spans: Sequence[tuple[int, int]]) -> None:
        super().__init__(path, "rb")
        self._spans = spans

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """As ``io.RawIOBase.readinto``."""
        at = self.tell()
        many = super().readinto(buffer)
        view = memoryview(buffer).cast("B")
        for first, end in self._spans:
            for k in range(max(first - at, 0), min(end - at, many)):
                if view[k] > 127:
                    view[k] = ord("?")
        return many

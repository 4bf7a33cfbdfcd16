"""The text form of an OpenSceneGraph file: which files follow from which size on, and its pictures."""

from __future__ import annotations

import base64
import binascii
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from meshes.errors import DamagedError, OverLimitError, UnsupportedError
from meshes.readers.inside.pictures import MOST_PIXELS

SWITCH_PX = 16.0
"""The screen-space error at which a tile of ours gives way to its children."""
FOCAL_PX = 935.0
"""Of a picture 1080 px high and 60° tall: what a range in metres means in pixels."""
_MODES = {6407: "RGB", 6408: "RGBA", 6409: "L", 6410: "LA"}  # of OpenGL
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(kw_only=True)
class PagedLod:
    """One node whose finer levels lie in other files, each seen from a size (or within a distance) on."""

    radius_m: float = -1.0
    by_pixels: bool = False
    ranges: list[tuple[float, float]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def error_m(self, radius_m: float) -> float:
        """The geometric error of what stands here, so that 16 px of it call for the files.

        Seen at the size of X px, a ball of radius r is 2 r f / X away (f: focal length in px), where an error
        e has e f / distance px: e = 32 r / X.
        """
        radius = self.radius_m if self.radius_m > 0 else radius_m
        errors = []
        for (low, high), name in zip(self.ranges, self.files, strict=False):
            if name and self.by_pixels and low > 0:
                errors.append(2 * SWITCH_PX * radius / low)
            elif name and not self.by_pixels and 0 < high < 1e20:
                errors.append(SWITCH_PX * high / FOCAL_PX)
        return max(errors, default=radius / 8)


def read(path: Path) -> tuple[list[PagedLod], dict[str, bytes]]:
    """The nodes with files, and the pictures by the names they have. Raises DamagedError and others."""
    nodes: list[PagedLod] = []
    pictures: dict[str, bytes] = {}
    with path.open(encoding="utf-8", errors="surrogateescape") as file:
        lines = iter(file)
        for line in lines:
            word, _, rest = line.strip().partition(" ")
            if word == "osg::PagedLOD":
                nodes.append(PagedLod())
            elif word == "Image" and rest.startswith("TRUE {"):
                _picture(lines, pictures)
            elif nodes and word == "UserCenter":
                nodes[-1].radius_m = _numbers(rest)[-1]
            elif nodes and word == "RangeMode":
                nodes[-1].by_pixels = rest.strip() == "PIXEL_SIZE_ON_SCREEN"
            elif nodes and word == "RangeList":
                for row in _block(lines):
                    low, high = _numbers(row)[:2]
                    nodes[-1].ranges.append((low, high))
            elif nodes and word == "RangeDataList":
                nodes[-1].files += [_unquoted(row) for row in _block(lines) if row.startswith('"')]
    return nodes, pictures


def _block(lines: Iterator[str]) -> Iterator[str]:
    """The lines up to the bracket that closes."""
    for line in lines:
        text = line.strip()
        if text == "}":
            return
        yield text
    raise DamagedError("is cut off: a list does not end")


def _numbers(text: str) -> list[float]:
    try:
        values = [float(word) for word in text.split()]
    except ValueError:
        values = []
    if len(values) < 2 or not all(map(math.isfinite, values)):
        raise DamagedError("a range or centre is no number")
    return values


def _unquoted(text: str) -> str:
    found = _TEXT.match(text)
    raw = re.sub(r"\\(.)", r"\1", found[1]) if found else ""
    data = raw.encode("utf-8", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def _picture(lines: Iterator[str], into: dict[str, bytes]) -> None:
    """The pixels of one picture as a JPEG, or a PNG where it is clear in places."""
    name, size, kind, packing, flipped = "", (0, 0), 0, 1, True
    for line in lines:
        word, _, rest = line.strip().partition(" ")
        if word == "FileName":
            name = _unquoted(rest)
        elif word == "Size":
            wide, high = (int(value) for value in rest.split()[:2])
            size = (wide, high)
        elif word == "PixelFormat":
            kind = int(rest)
        elif word == "Packing":
            packing = int(rest)
        elif word == "Origin":
            flipped = int(rest) == 0
        elif word == "DataType" and int(rest) != 5121:
            raise UnsupportedError("has a texture that is not of bytes, which is not read")
        elif word == "Data":
            into[name] = _encoded(_data(lines), size, kind, packing, flipped=flipped)
            return
        elif word == "}":
            return


def _data(lines: Iterator[str]) -> bytes:
    first = next(lines, "").strip()
    if not first.startswith('"'):
        raise DamagedError("a texture has no pixels")
    pieces = [first[1:]]
    while '"' not in pieces[-1]:
        following = next(lines, None)
        if following is None:
            raise DamagedError("is cut off in a texture")
        pieces.append(following.strip())
    pieces[-1] = pieces[-1].partition('"')[0]
    try:
        return base64.b64decode("".join(pieces))
    except binascii.Error:
        raise DamagedError("the pixels of a texture are damaged") from None


def _encoded(data: bytes, size: tuple[int, int], kind: int, packing: int, *, flipped: bool) -> bytes:
    wide, high = size
    if kind not in _MODES:
        raise UnsupportedError(f"has a texture of OpenGL's format {kind}, which is not read: use JPEG")
    if wide * high > MOST_PIXELS:
        raise OverLimitError(f"has a texture of {wide:,} × {high:,} pixels; at most {MOST_PIXELS:,} are read")
    deep = len(_MODES[kind])
    row = -(-wide * deep // max(packing, 1)) * max(packing, 1)
    if wide < 1 or high < 1 or len(data) < row * high:
        raise DamagedError("a texture has fewer pixels than it says")
    rows = np.frombuffer(data, np.uint8, row * high).reshape(high, row)[:, : wide * deep]
    pixels = np.ascontiguousarray(rows[::-1] if flipped else rows)
    picture = Image.frombytes(_MODES[kind], size, pixels.tobytes())
    clear = picture.mode in ("RGBA", "LA") and picture.getextrema()[-1][0] < 255  # type: ignore[index]
    file = io.BytesIO()
    picture.convert("RGBA" if clear else "RGB").save(file, "PNG" if clear else "JPEG", quality=92)
    return file.getvalue()

"""Formats of pages to keep: sheet A3, and pictures of any size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from apps.papers.sheet import Kind, PaperSheet

Size = tuple[int, int]


class Area(NamedTuple):
    """Rectangle of a page, mm."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, kw_only=True)
class PaperFormat:
    """Page of a size, mm.

    ``frame`` is what is drawn within, ``strip`` the height below the picture, ``block`` the title block's
    width.
    """

    size: tuple[float, float]
    frame: Area
    strip: float
    block: float

    @property
    def picture(self) -> Area:
        """Area of the picture."""
        x, y, w, h = self.frame
        return Area(x, y, w, h - self.strip)


A3 = PaperFormat(size=(420.0, 297.0), frame=Area(25.0, 5.0, 390.0, 287.0), strip=70.0, block=180.0)
"""Sheet A3 with its binding margin (GB/T 14689-2008), title block lower right (GB/T 10609.1-2008)."""
SCREEN_MM = 384.0
LEAST_PER_MM = 3.6


def screen(size: tuple[int, int]) -> tuple[PaperFormat, float]:
    """Return a PNG's format by its size, and its pixels per mm."""
    per_mm = max(LEAST_PER_MM, size[0] / SCREEN_MM)
    w, h = size[0] / per_mm, size[1] / per_mm
    strip = min(62.0, 0.36 * h)
    return PaperFormat(size=(w, h), frame=Area(0, 0, w, h), strip=strip, block=0.42 * w), per_mm


class Job(BaseModel):
    """Page to draw; ``size`` of the PNG, or of the PDF's picture."""

    model_config = ConfigDict(frozen=True)

    sheet: PaperSheet
    kind: Kind
    size: Size


WIDEST = 3840
"""Pixels across that a painter draws without a card, in pieces of time that others can wait for."""


def picture_size(kind: Kind, size: Size) -> Size:
    """Return the scene's pixels; ``size`` is that of a PNG."""
    if kind == "pdf":
        area = A3.picture
        return WIDEST, round(WIDEST * area.h / area.w)
    form, per_mm = screen(size)
    return size[0], round(form.picture.h * per_mm)

"""Canvas of a page in millimetres, on pixels or as PDF."""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from fpdf import FPDF
from PIL import Image, ImageDraw

from layers.labels.fonts import font, font_file
from layers.labels.glyphs import raised_runs

POINT_MM = 25.4 / 72.0
SMOOTH = 4
"""Pillow draws discs without smooth edges: they are drawn so many times as large."""
ASCENT = 0.88
"""Of a line's size, from its top to the baseline: the ideographic box of Noto Sans CJK."""


class PaperCanvas(Protocol):
    """Page in mm from its upper left corner; colours are #rrggbb."""

    def measure(self, words: str, size: float, *, bold: bool = False) -> float:
        """Return a line's width."""

    def write(self, x: float, y: float, words: str, size: float, *, colour: str, bold: bool = False) -> None:
        """Write a line; (x, y) is its top left, ``size`` a character's."""

    def box(
        self, x: float, y: float, w: float, h: float, *, fill: str = "", edge: str = "", pen: float = 0.2
    ) -> None:
        """Draw a rectangle, filled, outlined or both."""

    def dot(self, x: float, y: float, r: float, *, fill: str, edge: str) -> None:
        """Draw a disc around (x, y), outlined."""

    def place(self, x: float, y: float, w: float, h: float) -> None:
        """Place the picture."""


RAISED_SIZE, RAISED_BY = 0.62, 0.02


class _RunWriter(ABC):
    """Writes lines run by run, raised signs smaller; measures them alike."""

    def measure(self, words: str, size: float, *, bold: bool = False) -> float:
        return sum(self._measure(run, of, bold=bold) for run, of in self._runs(words, size))

    def write(self, x: float, y: float, words: str, size: float, *, colour: str, bold: bool = False) -> None:
        for run, of in self._runs(words, size):
            self._write(x, y + (RAISED_BY * size if of != size else 0.0), run, of, colour=colour, bold=bold)
            x += self._measure(run, of, bold=bold)

    def _runs(self, words: str, size: float) -> Iterator[tuple[str, float]]:
        for run, raised in raised_runs(words):
            yield run, RAISED_SIZE * size if raised else size

    @abstractmethod
    def _measure(self, words: str, size: float, *, bold: bool) -> float: ...

    @abstractmethod
    def _write(self, x: float, y: float, words: str, size: float, *, colour: str, bold: bool) -> None: ...


class PixelCanvas(_RunWriter):
    """Canvas of a PNG, ``per_mm`` pixels a millimetre."""

    def __init__(self, picture: bytes, *, size: tuple[int, int], per_mm: float) -> None:
        self._picture = picture
        self._per_mm = per_mm
        self._image = Image.new("RGB", size, "#ffffff")
        self._draw = ImageDraw.Draw(self._image)

    def _px(self, *lengths: float) -> tuple[int, ...]:
        return tuple(round(length * self._per_mm) for length in lengths)

    def _measure(self, words: str, size: float, *, bold: bool) -> float:
        return font(*self._px(size), bold=bold).getlength(words) / self._per_mm

    def _write(self, x: float, y: float, words: str, size: float, *, colour: str, bold: bool) -> None:
        letters = font(*self._px(size), bold=bold)
        at = (x * self._per_mm, (y + ASCENT * size) * self._per_mm)
        self._draw.text(at, words, font=letters, fill=colour, anchor="ls")

    def box(
        self, x: float, y: float, w: float, h: float, *, fill: str = "", edge: str = "", pen: float = 0.2
    ) -> None:
        left, top, right, bottom = self._px(x, y, x + w, y + h)
        self._draw.rectangle(
            (left, top, max(left, right - 1), max(top, bottom - 1)),
            fill=fill or None,
            outline=edge or None,
            width=max(1, *self._px(pen)),
        )

    def dot(self, x: float, y: float, r: float, *, fill: str, edge: str) -> None:
        left, top, side, _ = self._px(x - r, y - r, 2 * r, 0)
        large = SMOOTH * max(3, side)
        disc = Image.new("RGB", (large, large), "#ffffff")
        pen = max(SMOOTH, large // 12)
        ImageDraw.Draw(disc).ellipse((0, 0, large - 1, large - 1), fill=fill, outline=edge, width=pen)
        self._image.paste(disc.resize((large // SMOOTH,) * 2, Image.Resampling.BOX), (left, top))

    def place(self, x: float, y: float, w: float, h: float) -> None:
        left, top, right, bottom = self._px(x, y, x + w, y + h)
        picture: Image.Image = Image.open(io.BytesIO(self._picture))
        if picture.size != (right - left, bottom - top):
            picture = picture.resize((right - left, bottom - top), Image.Resampling.LANCZOS)
        self._image.paste(picture, (left, top))

    def content(self, *, title: str, id_: str) -> bytes:
        """Return the PNG, with title and id in its text."""
        from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415  (a plug-in of the format)

        info = PngInfo()
        info.add_itxt("Title", title)
        info.add_itxt("Description", id_)
        stream = io.BytesIO()
        self._image.save(stream, format="PNG", compress_level=4, pnginfo=info)
        return stream.getvalue()


class PdfCanvas(_RunWriter):
    """Canvas of one PDF page, (width, height) mm; text with embedded fonts."""

    def __init__(self, picture: bytes, *, size: tuple[float, float]) -> None:
        self._picture = picture
        self._pdf = pdf = FPDF(unit="mm", format=size)
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        for style in ("", "B"):
            path, face = font_file(bold=bool(style))
            pdf.add_font("noto", style, path, collection_font_number=face)
        pdf.add_page()

    def _letters(self, size: float, *, bold: bool) -> None:
        self._pdf.set_font("noto", "B" if bold else "", size / POINT_MM)

    def _measure(self, words: str, size: float, *, bold: bool) -> float:
        self._letters(size, bold=bold)
        return float(self._pdf.get_string_width(words))

    def _write(self, x: float, y: float, words: str, size: float, *, colour: str, bold: bool) -> None:
        self._letters(size, bold=bold)
        self._pdf.set_text_color(*_rgb(colour))
        self._pdf.text(x, y + ASCENT * size, words)

    def box(
        self, x: float, y: float, w: float, h: float, *, fill: str = "", edge: str = "", pen: float = 0.2
    ) -> None:
        if fill:
            self._pdf.set_fill_color(*_rgb(fill))
        if edge:
            self._pdf.set_draw_color(*_rgb(edge))
            self._pdf.set_line_width(pen)
        self._pdf.rect(x, y, w, h, style=("D" if edge else "") + ("F" if fill else ""))

    def dot(self, x: float, y: float, r: float, *, fill: str, edge: str) -> None:
        self._pdf.set_fill_color(*_rgb(fill))
        self._pdf.set_draw_color(*_rgb(edge))
        self._pdf.set_line_width(0.15)
        self._pdf.circle(x, y, r, style="DF")

    def place(self, x: float, y: float, w: float, h: float) -> None:
        self._pdf.image(io.BytesIO(self._picture), x, y, w, h)

    def content(self, *, title: str, id_: str, author: str, language: str, made_at: datetime) -> bytes:
        """Return the PDF, with title, id, author and language in its head."""
        pdf = self._pdf
        pdf.set_title(title)
        pdf.set_subject(id_)
        pdf.set_author(author)
        pdf.set_creator("miyun-twin")
        pdf.set_lang(language)
        pdf.set_creation_date(made_at)
        return bytes(pdf.output())


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)

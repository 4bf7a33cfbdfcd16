"""Paint an overlay into a saved picture.

The browser paints the same over a streamed one.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import cos, radians, sin

import numpy as np
from PIL import Image, ImageDraw

from layers.labels.fonts import font
from layers.labels.overlay import SYNTHETIC, WIDEST, Bar, Label, Mark, Overlay, ScaleBar
from layers.labels.placer import Box
from layers.labels.positions import LINE, MARK_PX
from layers.labels.symbols import COLOURS, CROSS, SHAPES, alarm_colour, disc_share, radius_px
from layers.labels.theme import MODE_INK, MODES, THEME, ModeStyle, style_of, text_scale
from twin.arrays import U8


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


INK, PAPER = _rgb(THEME["ink"]), _rgb(THEME["paper"])
FRAME_PX = 4.0
"""A mode's frame in a view 720 high."""
NOTE = "#ffd27d"
"""Words that heights are not true."""
HALO: float = THEME["text"]["halo"]


def paint(picture: U8, overlay: Overlay, *, zoom: float = 1.0) -> U8:
    """Return a copy of a picture with its overlay painted on it.

    (height, width, 3) uint8; names, marks, arrow and scale bar. The overlay is that of a view smaller by
    ``zoom``, and is magnified so much.
    """
    image = Image.fromarray(picture)
    over = Image.new("RGBA", image.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(over)
    scale = zoom * text_scale(image.height / zoom)
    for bar in overlay.bars:
        _bar(draw, replace(bar, height_px=zoom * bar.height_px), image.size, scale)
    for mark in overlay.marks:
        _mark(draw, mark, image.size, scale)
    for label in overlay.labels:
        _label(draw, label._replace(dx=zoom * label.dx, dy=zoom * label.dy), image.size, scale)
    _north(draw, overlay.north_deg, image.size, scale)
    _scale_bar(draw, overlay.scale, image.size, scale)
    if overlay.mode in MODES:
        _mode_frame(draw, MODES[overlay.mode], image.size, scale)
    image.paste(over, (0, 0), over)
    return np.array(image)


def stamp(picture: U8, *, at: tuple[float, float], text: str = SYNTHETIC) -> None:
    """Burn words, "synthetic data", into a picture, in place.

    (height, width, 3 or 4) uint8, centred ``at`` fractions of it.
    """
    height, width = picture.shape[:2]
    own = badge(height, text)
    rows, cols = min(own.shape[0], height), min(own.shape[1], width)
    left, top = stamp_corner(at, (width, height), text)
    part = picture[top : top + rows, left : left + cols, :3]
    alpha = own[:rows, :cols, 3:].astype(np.float32) / 255.0
    part[...] = (part * (1.0 - alpha) + own[:rows, :cols, :3] * alpha).astype(np.uint8)


def badge(height: float, text: str = SYNTHETIC) -> U8:
    """Return the stamp of a picture's height.

    (rows, cols, 4) uint8 RGBA.
    """
    return _badge(max(9, round(0.024 * height)), text)


def stamp_corner(at: tuple[float, float], size: tuple[int, int], text: str = SYNTHETIC) -> tuple[int, int]:
    """Return left and top of the stamp, px.

    In a picture of ``size`` (width, height): inside where it fits.
    """
    tall, wide = badge(size[1], text).shape[:2]
    left, top = (
        min(max(0, round(share * length - own / 2)), max(0, length - own))
        for share, length, own in zip(at, size, (wide, tall), strict=True)
    )
    return left, top


def stamp_box(at: tuple[float, float], size: tuple[float, float]) -> Box:
    """Return the stamp's box in a picture of ``size`` (width, height)."""
    tall, wide = badge(size[1]).shape[:2]
    x, y = at[0] * size[0], at[1] * size[1]
    return x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2


def furniture(size: tuple[float, float]) -> tuple[Box, ...]:
    """Return boxes of what ``paint`` may draw at the edges.

    A mode's frame and tab, north arrow, scale bar.
    """
    width, height = size
    scale = text_scale(height)
    edge = scale * (FRAME_PX + 1.0)
    right, line = _scale_bar_end(size, scale)
    x, y = _arrow_middle(size, scale)
    arrow, bar = 36.0 * scale, max(WIDEST * width, 0.03 * width + 24.0 * scale)
    return (
        (0.0, 0.0, width, edge),
        (0.0, height - edge, width, height),
        (0.0, 0.0, edge, height),
        (width - edge, 0.0, width, height),
        (width / 2 - 80.0 * scale, 0.0, width / 2 + 80.0 * scale, 26.0 * scale),
        (x - arrow, y - arrow, x + arrow, y + arrow),
        (right - bar - 3.0 * scale, line - 26.0 * scale, width, height),
    )


def _arrow_middle(size: tuple[float, float], scale: float) -> tuple[float, float]:
    return size[0] - 34.0 * scale, size[1] - 74.0 * scale


def _scale_bar_end(size: tuple[float, float], scale: float) -> tuple[float, float]:
    return size[0] - 16.0 * scale, size[1] - 18.0 * scale


@lru_cache(maxsize=8)
def _badge(size_px: int, text: str) -> U8:
    letters = font(size_px, bold=True)
    left, top, right, bottom = letters.getbbox(text)
    pad = round(0.55 * size_px)
    box = (round(right - left) + 2 * pad, round(bottom - top) + pad)
    image = Image.new("RGBA", box, (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, box[0] - 1, box[1] - 1), radius=size_px // 3, fill=(150, 40, 20, 170))
    draw.text((pad - left, pad // 2 - top), text, font=letters, fill=(255, 255, 255, 255))
    return np.asarray(image)


def _bar(draw: ImageDraw.ImageDraw, bar: Bar, size: tuple[int, int], scale: float) -> None:
    """An amount that stands on its place, and its number on top."""
    rain = THEME["rain"]
    x, y, half = bar.x * size[0], bar.y * size[1], rain["width_px"] / 2 * scale
    alpha = round(235 * bar.opacity)
    top = y - bar.height_px
    draw.rectangle(
        (x - half, top, x + half, y), fill=(*_rgb(bar.colour), alpha), outline=(*INK, alpha), width=1
    )
    draw.text(
        (x, top - rain["gap_px"] * scale),
        bar.text,
        font=font(round(rain["size_px"] * scale), bold=True),
        anchor="mb",
        fill=(*PAPER, alpha),
        stroke_width=_halo_px(rain["size_px"] * scale),
        stroke_fill=(*INK, alpha),
    )


def _mark(draw: ImageDraw.ImageDraw, mark: Mark, size: tuple[int, int], scale: float) -> None:
    if mark.kind.startswith("station-"):
        _sign(draw, mark, size, scale)
        return
    x, y, r = mark.x * size[0], mark.y * size[1], THEME["mark"]["radius_px"] * scale
    fill, edge = (*_rgb(mark.colour), round(255 * mark.opacity)), (*INK, round(200 * mark.opacity))
    if mark.kind == "peak":
        draw.polygon([(x - r, y + r * 0.7), (x + r, y + r * 0.7), (x, y - r)], fill=fill, outline=edge)
    else:
        draw.ellipse((x - r, y - r, x + r, y + r), fill=fill, outline=edge, width=max(1, round(scale)))


def _sign(draw: ImageDraw.ImageDraw, mark: Mark, size: tuple[int, int], scale: float) -> None:
    """A station's sign: its shape as it stands, on a disc where there is an alarm."""
    kind = mark.kind.removeprefix("station-")
    x, y, r = mark.x * size[0], mark.y * size[1], radius_px(kind) * scale
    alpha = round(255 * mark.opacity)
    if mark.rank:
        ring = disc_share(mark.rank) * r
        colour = (*_rgb(alarm_colour(mark.rank, mark.tone)), alpha)
        draw.ellipse((x - ring, y - ring, x + ring, y + ring), fill=colour, outline=(*INK, alpha))
    outline = [(x + a * r, y + b * r) for a, b in SHAPES[kind]]
    pen = (*_rgb(COLOURS[kind]), alpha)
    thick = max(1, round(1.4 * scale))
    if mark.state == "fresh":
        draw.polygon(outline, fill=pen, outline=(*INK, alpha), width=max(1, round(0.8 * scale)))
        return
    draw.polygon(outline, fill=(*INK, alpha // 2), outline=pen, width=thick)
    if mark.state == "dead":
        for x0, y0, x1, y1 in CROSS:
            draw.line((x + x0 * r, y + y0 * r, x + x1 * r, y + y1 * r), fill=pen, width=thick)


def _sign_words(draw: ImageDraw.ImageDraw, label: Label, size: tuple[int, int], scale: float) -> None:
    """A station's name, and below it what it shows, or that alone; an old value is grey."""
    x, y = label.x * size[0] + label.dx, label.y * size[1] + label.dy
    alpha, old = round(255 * label.opacity), label.state != "fresh"
    name, detail = THEME["station"]["name"], THEME["station"]["detail"]
    below = detail["down_px"] if label.text else 0.0
    ink = _detail_ink(label)
    for text, px, down, colour, bold in (
        (label.text, name["size_px"], name["down_px"], _rgb(name["colour"]), False),
        (label.detail, detail["size_px"], below, ink, not old),
    ):
        draw.text(
            (x, y + down * scale),
            text,
            font=font(round(px * scale), bold=bold),
            anchor="mm",
            fill=(*colour, alpha),
            stroke_width=_halo_px(px * scale),
            stroke_fill=(*INK, round(0.85 * alpha)),
        )


def _detail_ink(label: Label) -> tuple[int, int, int]:
    """What a station shows is grey where it is old, else of its warning's colour."""
    station = THEME["station"]
    if label.state != "fresh":
        return _rgb(station["detail"]["old"])
    return _rgb(station["alarms"][label.tone]["detail"]) if label.tone else PAPER


def _halo_px(size_px: float) -> int:
    return max(1, round(HALO * size_px))


def _label(draw: ImageDraw.ImageDraw, label: Label, size: tuple[int, int], scale: float) -> None:
    if label.state:
        _sign_words(draw, label, size, scale)
        return
    style = style_of(label.kind)
    alpha = round(255 * label.opacity)
    size_px = style.size_px * scale
    y = label.y * size[1] - ((MARK_PX * scale + LINE * size_px / 2) if label.mark else 0.0)
    draw.text(
        (label.x * size[0], y),
        label.text,
        font=font(round(size_px), bold=style.bold),
        anchor="mm",
        fill=(*_rgb(style.colour), alpha),
        stroke_width=_halo_px(size_px),
        stroke_fill=(*_rgb(style.halo), round(0.8 * alpha)),
    )


def _north(draw: ImageDraw.ImageDraw, north: float, size: tuple[int, int], scale: float) -> None:
    """A needle in a ring at the lower right, over the scale bar."""
    r = 19 * scale
    x, y = _arrow_middle(size, scale)
    draw.ellipse((x - r, y - r, x + r, y + r), fill=(*PAPER, 190), outline=(*INK, 150))

    def at(angle: float, length: float) -> tuple[float, float]:
        a = radians(north + angle)
        return x + length * r * sin(a), y - length * r * cos(a)

    draw.polygon([at(0, 0.78), at(90, 0.26), at(-90, 0.26)], fill=(200, 50, 43, 255))
    draw.polygon([at(180, 0.78), at(90, 0.26), at(-90, 0.26)], fill=(*INK, 150))
    nx, ny = at(0, 1.45)
    draw.text(
        (nx, ny), "N", font=font(round(12 * scale), bold=True), anchor="mm", fill=(*PAPER, 255),
        stroke_width=round(2 * scale), stroke_fill=(*INK, 190),
    )  # fmt: skip


def _scale_bar(draw: ImageDraw.ImageDraw, bar: ScaleBar, size: tuple[int, int], scale: float) -> None:
    right, y = _scale_bar_end(size, scale)
    left, tick = right - bar.share * size[0], 5 * scale
    line = [(left, y - tick), (left, y), (right, y), (right, y - tick)]
    draw.line(line, fill=(*INK, 190), width=round(4.5 * scale), joint="curve")
    draw.line(line, fill=(*PAPER, 255), width=max(1, round(2 * scale)), joint="curve")
    draw.text(
        ((left + right) / 2, y - 6 * scale), bar.text, font=font(round(12 * scale)), anchor="mb",
        fill=(*PAPER, 255), stroke_width=max(1, round(1.6 * scale)), stroke_fill=(*INK, 200),
    )  # fmt: skip
    if bar.note:
        draw.text(
            (right, y - 21 * scale), bar.note, font=font(round(12 * scale), bold=True), anchor="rb",
            fill=(*_rgb(NOTE), 255), stroke_width=max(1, round(1.6 * scale)), stroke_fill=(*INK, 220),
        )  # fmt: skip


def _mode_frame(draw: ImageDraw.ImageDraw, mode: ModeStyle, size: tuple[int, int], scale: float) -> None:
    """A coloured frame with a tab at the top that names the mode."""
    colour = (*_rgb(mode.colour), 235)
    draw.rectangle((0, 0, size[0] - 1, size[1] - 1), outline=colour, width=max(2, round(FRAME_PX * scale)))
    letters = font(round(13 * scale), bold=True)
    half, tall = letters.getlength(mode.text) / 2 + 12 * scale, 24 * scale
    middle = size[0] / 2
    draw.rounded_rectangle((middle - half, -tall, middle + half, tall), radius=round(6 * scale), fill=colour)
    draw.text((middle, tall / 2), mode.text, font=letters, anchor="mm", fill=(*_rgb(MODE_INK), 255))

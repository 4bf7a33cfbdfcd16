"""Draw the numbers panel: labels, figures with units, sources small."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from apps.recorder.film_frame import NumberWords
from apps.recorder.overprint.fitting import fitted
from apps.recorder.overprint.ink import (
    CAUTION,
    LINE,
    PANEL_ALPHA,
    PAPER,
    QUIET,
    InkBlock,
    Plate,
    blend,
    line_block,
    measure,
)
from apps.recorder.overprint.regions import FrameRegions
from apps.texts import texts
from layers.labels.placer import Box
from twin.arrays import U8
from twin.bilingual import Language

LABEL_PX, VALUE_PX, UNIT_PX, SOURCE_PX = 20.0, 34.0, 20.0, 15.0
PAD, GAP, VALUE_LINE = 20.0, 12.0, 46.0
SMALLEST = 0.84
"""Of its size: so small a panel of many numbers may become, before some are left out."""
LABEL_SHARE = 0.46
"""Of the panel's inner width, for labels; figures have the rest."""


class _Figure(NamedTuple):
    """Where a value is written: its right end and baseline line's top, px; its width at most."""

    right: float
    top: float
    room: float


class _Words(NamedTuple):
    """What stands beside a value."""

    label: str
    unit: str
    source: str


class _Panel(NamedTuple):
    """Panel without its values; ``unit`` is what its sizes grow by."""

    block: InkBlock
    figures: tuple[_Figure, ...]
    unit: float


class NumbersPlace(NamedTuple):
    """Place of the panel.

    Its box in px, what its sizes grow by, how many numbers it has room for.
    """

    box: Box
    unit: float
    shown: int


def numbers_place(
    numbers: Sequence[NumberWords], regions: FrameRegions, *, bottom: float, language: Language
) -> NumbersPlace | None:
    """Return the panel's place; None without numbers."""
    if not numbers:
        return None
    x, y = round(regions.right[0]), round(regions.right[1])
    panel = _panel_of(numbers, regions, bottom, language)
    wide, tall = panel.block.size
    box = float(x), float(y), float(x + wide), float(y + tall)
    return NumbersPlace(box, panel.unit, len(panel.figures))


def sources_once(numbers: Sequence[NumberWords]) -> list[str]:
    """Return the source below each number.

    Of equal ones in a row only the last.
    """
    below = [*(number.source for number in numbers[1:]), None]
    return [
        "" if number.source == after else number.source for number, after in zip(numbers, below, strict=True)
    ]


def draw_numbers(
    picture: U8,
    numbers: Sequence[NumberWords],
    regions: FrameRegions,
    *,
    bottom: float,
    language: Language,
    opacity: float,
) -> None:
    """Draw the panel in place, above ``bottom`` px.

    What has no room is counted on it.
    """
    if not numbers or opacity <= 0.0:
        return
    panel = _panel_of(numbers, regions, bottom, language)
    x, y = round(regions.right[0]), round(regions.right[1])
    blend(picture, panel.block, x, y, opacity=opacity)
    for figure, number in zip(panel.figures, numbers, strict=False):
        size = fitted(number.value, figure.room, VALUE_PX * panel.unit, bold=True, most=1).size
        value = line_block(number.value, size, bold=True)
        at = (
            round(x + figure.right) - value.size[0],
            round(y + figure.top + (VALUE_LINE * panel.unit - LINE * size) / 2),
        )
        blend(picture, value, *at, opacity=opacity)


def _panel_of(
    numbers: Sequence[NumberWords], regions: FrameRegions, bottom: float, language: Language
) -> _Panel:
    left, top, right, _ = regions.right
    plain = tuple(
        _Words(number.label, number.unit, source)
        for number, source in zip(numbers, sources_once(numbers), strict=True)
    )
    return _panel(plain, regions, right - left, bottom - top, language)


@lru_cache(maxsize=32)
def _panel(
    rows: tuple[_Words, ...], regions: FrameRegions, wide: float, room: float, language: Language
) -> _Panel:
    """Draw all but the values; where they stand follows from labels, units and sources alone."""
    u = regions.unit
    while _height(rows, wide, u) > room and u > SMALLEST * regions.unit:
        u *= 0.97
    more, shown = LINE * SOURCE_PX * u, len(rows)
    while shown > 1 and _height(rows[:shown], wide, u) + (more if shown < len(rows) else 0.0) > room:
        shown -= 1
    rest, inner = len(rows) - shown, wide - 2 * PAD * u
    plate = Plate(wide, _height(rows[:shown], wide, u) + (more if rest else 0.0))
    plate.box(0, 0, *plate.size, radius=8.0 * u, alpha=PANEL_ALPHA)
    y, figures, above = (PAD - 6.0) * u, [], ""
    for row in rows[:shown]:
        if above:
            plate.box(PAD * u, y - GAP * u / 2, inner, max(1.0, u), colour=PAPER, alpha=44)
        figures.append(_row(plate, row, u, y=y, inner=inner))
        y += _tall(row, inner, u) + GAP * u
        above = row.source
    if rest:
        words = texts(language)["paper_more"].format(count=rest)
        plate.write(PAD * u, y - GAP * u / 2, words, SOURCE_PX * u, colour=CAUTION)
    return _Panel(plate.block(), tuple(figures), u)


def _height(rows: Sequence[_Words], wide: float, u: float) -> float:
    talls = [_tall(row, wide - 2 * PAD * u, u) for row in rows]
    return sum(talls) + ((len(talls) - 1) * GAP + 2 * (PAD - 6.0)) * u


def _tall(row: _Words, inner: float, u: float) -> float:
    source = fitted(row.source, inner, SOURCE_PX * u)
    return VALUE_LINE * u + len(source.lines) * LINE * source.size


def _row(plate: Plate, row: _Words, u: float, *, y: float, inner: float) -> _Figure:
    left, line = PAD * u, VALUE_LINE * u
    words = fitted(row.label, LABEL_SHARE * inner, LABEL_PX * u)
    if len(words.lines) > 1:
        words = fitted(row.label, LABEL_SHARE * inner, 0.86 * LABEL_PX * u)
    step = 1.15 * words.size
    for number, text in enumerate(words.lines):
        top = y + (line - len(words.lines) * step) / 2 + number * step + (step - words.size) / 2
        plate.write(left, top, text, words.size, colour=QUIET)
    right = left + inner
    if row.unit:
        # On the baseline of the value beside it.
        size = fitted(row.unit, 0.3 * inner, UNIT_PX * u, most=1).size
        top = y + line / 2 + 0.38 * VALUE_PX * u - 0.88 * size
        plate.write(right, top, row.unit, size, colour=QUIET, anchor="r")
        right -= measure(row.unit, size) + 7.0 * u
    below = fitted(row.source, inner, SOURCE_PX * u)
    for number, text in enumerate(below.lines):
        top = y + line + number * LINE * below.size
        plate.write(left, top, text, below.size, colour=QUIET)
    return _Figure(right, y, right - left - LABEL_SHARE * inner - 8.0 * u)

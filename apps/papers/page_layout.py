"""Lay out a page: picture, below it numbers, legend, title block."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from apps.papers.canvas import PaperCanvas
from apps.papers.formats import Area, PaperFormat
from apps.papers.sheet import LayerLegend, PaperSheet
from layers.labels.line_breaks import wrapped

INK, QUIET, RULE, PAPER = "#16242f", "#52626e", "#9aa7b0", "#ffffff"
ALARM = "#a02814"
"""Of the words "synthetic data"."""
BASE_MM, SMALLEST = 2.7, 0.62
"""Size of plain words, mm, and how much smaller they may become where there are many."""
LEADING = 1.32
PAD = 2.2


def draw_page(canvas: PaperCanvas, sheet: PaperSheet, form: PaperFormat, *, sharpness: str) -> None:
    """Draw a sheet on a canvas.

    ``sharpness`` of its picture, in words.
    """
    x, y, w, h = form.frame
    top = y + h - form.strip
    canvas.place(*form.picture)
    left, right = 0.54 * (w - form.block), 0.46 * (w - form.block)
    _fitted(canvas, Area(x, top, left, form.strip), partial(_numbers, canvas, sheet))
    _fitted(canvas, Area(x + left, top, right, form.strip), partial(_legend, canvas, sheet))
    _block(canvas, sheet, Area(x + w - form.block, top, form.block, form.strip), sharpness=sharpness)
    for column in (x + left, x + left + right):
        canvas.box(column, top, 0.15, form.strip, fill=RULE)
    canvas.box(x, top, w, 0.4, fill=sheet.tone or INK)
    if form.size != (w, h):
        canvas.box(x, y, w, h, edge=INK, pen=0.5)
    if sheet.tone:
        canvas.box(x, y, w, h, edge=sheet.tone, pen=1.2)


def _fitted(canvas: PaperCanvas, area: Area, draw: Callable[[Area, float, bool], float]) -> float:
    """Draw words in an area, smaller where they are many; what then has no room is left out with a word."""
    x, y, w, h = area
    inner = Area(x + PAD, y + PAD, w - 2 * PAD, h - 2 * PAD)
    scale = 1.0
    while scale > SMALLEST and draw(inner, scale, False) > inner.h:
        scale -= 0.04
    return draw(inner, scale, True)


def _lines(
    canvas: PaperCanvas, area: Area, words: str, size: float, *, colour: str, bold: bool = False, draws: bool
) -> float:
    """Write words over as many lines as they take, or the area is high; returns their height."""
    if not words:
        return 0.0
    lines = wrapped(words, area.w, lambda line: canvas.measure(line, size, bold=bold))
    most = int(area.h / (LEADING * size) + 0.25)
    if draws and area.h and len(lines) > most:
        lines = [*lines[: max(0, most - 1)], *(f"{line[:-1]}…" for line in lines[most - 1 : most] if most)]
    if draws:
        for number, line in enumerate(lines):
            at = area.y + number * LEADING * size
            canvas.write(area.x, at, line, size, colour=colour, bold=bold)
    return len(lines) * LEADING * size


def _numbers(canvas: PaperCanvas, sheet: PaperSheet, area: Area, scale: float, draws: bool) -> float:
    """Draw each number with its source below; remarks follow."""
    size, small = BASE_MM * scale, 0.82 * BASE_MM * scale
    y = area.y + _heading(canvas, sheet.headings.numbers, area, scale, draws)
    for count, number in enumerate(sheet.numbers):
        below = Area(area.x, y + 1.3 * LEADING * size, area.w, 0)
        tall = _lines(canvas, below, number.source, small, colour=QUIET, draws=False) + 0.5 * size
        if draws and below.y + tall > area.y + area.h:
            _more(canvas, sheet, area, len(sheet.numbers) - count, size)
            return area.h
        if draws:
            canvas.write(area.x, y + 0.35 * size, number.label, size, colour=QUIET)
            value = f"{number.value} {number.unit}".strip()
            wide = canvas.measure(value, 1.3 * size, bold=True)
            canvas.write(area.x + area.w - wide, y, value, 1.3 * size, colour=INK, bold=True)
            _lines(canvas, below, number.source, small, colour=QUIET, draws=True)
        y = below.y + tall
    for remark in sheet.remarks:
        rest = Area(area.x, y, area.w, area.y + area.h - y if draws else 0)
        y += _lines(canvas, rest, remark, small, colour=ALARM, draws=draws) + 0.3 * size
    return y - area.y


def _more(canvas: PaperCanvas, sheet: PaperSheet, area: Area, count: int, size: float) -> None:
    """Write beside a heading how many are left out."""
    words = sheet.headings.more.format(count=count)
    canvas.write(area.x + area.w - canvas.measure(words, size), area.y, words, size, colour=ALARM)


def _heading(canvas: PaperCanvas, words: str, area: Area, scale: float, draws: bool) -> float:
    size = BASE_MM * scale
    if draws:
        canvas.write(area.x, area.y, words, size, colour=INK, bold=True)
    return 1.5 * size


def _legend(canvas: PaperCanvas, sheet: PaperSheet, area: Area, scale: float, draws: bool) -> float:
    """Draw visible layers and their signs in two columns; more than there is room for are counted."""
    size = BASE_MM * scale
    top = area.y + _heading(canvas, sheet.headings.legend, area, scale, draws)
    gap, columns = PAD, 2
    wide, room = (area.w - gap) / columns, area.h - (top - area.y)
    column, y = 0, top
    for number, layer in enumerate(sheet.legend):
        tall = _layer(canvas, layer, Area(area.x, y, wide, 0), size, draws=False)
        if y > top and y + tall > top + room:
            column, y = column + 1, top
        if column == columns or (column == columns - 1 and y + tall > top + room):
            if draws:
                _more(canvas, sheet, area, len(sheet.legend) - number, size)
            return area.h + size  # more than fits
        _layer(canvas, layer, Area(area.x + column * (wide + gap), y, wide, 0), size, draws=draws)
        y += tall
    return area.h if column else y - area.y


def _layer(canvas: PaperCanvas, layer: LayerLegend, area: Area, size: float, *, draws: bool) -> float:
    y, sign = area.y, 1.9 * size
    swatches = layer.swatches
    single = len(swatches) == 1 and swatches[0].text == layer.name
    if not single:
        y += _lines(canvas, area, layer.name, size, colour=INK, draws=draws, bold=bool(swatches))
    for swatch in swatches:
        middle = y + 0.62 * size
        if draws and swatch.shape == "area":
            canvas.box(area.x, middle - 0.42 * size, 1.4 * size, 0.84 * size, fill=swatch.colour, edge=RULE)
        elif draws and swatch.shape == "line":
            canvas.box(area.x, middle - 0.14 * size, 1.4 * size, 0.28 * size, fill=swatch.colour)
        elif draws:
            canvas.dot(area.x + 0.7 * size, middle, 0.4 * size, fill=swatch.colour, edge=INK)
        rest = Area(area.x + sign, y, area.w - sign, 0)
        y += _lines(canvas, rest, swatch.text, size, colour=INK, draws=draws)
    return y - area.y + 0.35 * size


def _block(canvas: PaperCanvas, sheet: PaperSheet, area: Area, *, sharpness: str) -> None:
    """Draw the title block: unit and title, mode, fields in three columns, sources."""
    x, y, w, h = area
    unit = h / 70.0
    canvas.box(x, y, w, h, fill=PAPER, edge=INK, pen=0.35)
    title = Area(x, y, w, 15.0 * unit)
    _one_line(canvas, Area(x + PAD, y + 1.4 * unit, w - 2 * PAD, 0), sheet.unit, 3.0 * unit, colour=QUIET)
    stamp = canvas.measure(sheet.stamp, 3.0 * unit, bold=True) if sheet.stamp else 0.0
    if sheet.stamp:
        at = x + w - PAD - stamp
        canvas.write(at, y + 1.4 * unit, sheet.stamp, 3.0 * unit, colour=ALARM, bold=True)
    words = Area(x + PAD, y + 6.2 * unit, w - 2 * PAD, 0)
    _one_line(canvas, words, sheet.title, 6.0 * unit, colour=INK, bold=True)
    y += title.h
    tall = 8.0 * unit
    canvas.box(x, y, w, tall, fill=sheet.tone or PAPER, edge=INK)
    mode = f"{sheet.mode}　{sheet.note}" if sheet.note else sheet.mode
    _one_line(canvas, Area(x + PAD, y + 2.1 * unit, w - 2 * PAD, 0), mode, 3.4 * unit, colour=INK, bold=True)
    y += tall
    cells = [(cell.label, cell.value.replace("{sharpness}", sharpness)) for cell in sheet.cells]
    rows = [cells[k : k + 3] for k in range(0, len(cells), 3)]
    for row in rows:
        tall = 7.6 * unit
        for number, (label, value) in enumerate(row):
            left, wide = x + number * w / len(row), w / len(row)
            canvas.box(left, y, wide, tall, edge=RULE, pen=0.15)
            inner = Area(left + 1.2, y + 0.5 * unit, wide - 2.4, 0)
            _one_line(canvas, inner, label, 1.9 * unit, colour=QUIET)
            _one_line(canvas, inner._replace(y=y + 3.1 * unit), value, 2.9 * unit, colour=INK)
        y += tall
    rest = Area(x, y - PAD / 2, w, area.y + h - y + PAD / 2)
    _fitted(canvas, rest, partial(_sources, canvas, sheet))


def _one_line(
    canvas: PaperCanvas, area: Area, words: str, size: float, *, colour: str, bold: bool = False
) -> None:
    """Write words in one line, smaller where it is short, at last cut with an ellipsis."""
    wide = canvas.measure(words, size, bold=bold)
    if wide > area.w:
        smaller = max(0.6, area.w / wide) * size
        area, size = area._replace(y=area.y + (size - smaller) / 2), smaller
        while len(words) > 1 and canvas.measure(words, size, bold=bold) > area.w:
            words = words.rstrip("…")[:-1] + "…"
    canvas.write(area.x, area.y, words, size, colour=colour, bold=bold)


def _sources(canvas: PaperCanvas, sheet: PaperSheet, area: Area, scale: float, draws: bool) -> float:
    size = 0.85 * BASE_MM * scale
    words = sheet.headings.sources + sheet.headings.joined.join(sheet.sources)
    return _lines(canvas, area if draws else area._replace(h=0), words, size, colour=QUIET, draws=draws)

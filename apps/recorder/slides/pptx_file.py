"""Write a deck of slides as PPTX, every word of it editable."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from apps.recorder.film_frame import NumberWords
from apps.recorder.overprint.fitting import fitted
from apps.recorder.overprint.ink import ACCENT, BOX_ALPHA, INK, LINE, PANEL_ALPHA, PAPER, QUIET, Colour
from apps.recorder.overprint.lower_words import CAPTION_PX
from apps.recorder.overprint.numbers_panel import (
    GAP,
    LABEL_PX,
    PAD,
    SOURCE_PX,
    UNIT_PX,
    VALUE_LINE,
    VALUE_PX,
    NumbersPlace,
    sources_once,
)
from apps.recorder.overprint.regions import frame_regions
from apps.recorder.overprint.title_words import MIDDLE, TITLE_PX, UNDER_PX
from apps.recorder.slides.deck import SLIDE_PX, SlideDeck, SlideWords
from apps.texts import texts
from layers.labels.placer import Box
from twin.bilingual import Language

EMU_PX = 6350
"""A slide is 13.333 by 7.5 inches, its picture 1080 px high."""
POINT_PX = 0.5
TITLE_ONLY = 5
"""The layout of python-pptx's template that has a title and nothing else."""
FACE = "Microsoft YaHei"
"""On every Windows and Mac with PowerPoint; elsewhere what stands for it."""
LANGUAGES: dict[Language, str] = {"zh": "zh-CN", "en": "en-GB"}
PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""PowerPoint's style of a table without lines."""
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""Time of the files in the archive: equal slides are equal bytes."""

Line = tuple[str, float, Colour, bool]
"""Text, its size in px, its colour, whether it is bold."""


def pptx_of(deck: SlideDeck) -> bytes:
    """Return a deck as the bytes of a PPTX file."""
    made: Any = Presentation()
    made.slide_width, made.slide_height = Emu(SLIDE_PX[0] * EMU_PX), Emu(SLIDE_PX[1] * EMU_PX)
    facts = made.core_properties
    facts.title, facts.author, facts.language = deck.title, deck.author, LANGUAGES[deck.language]
    facts.last_modified_by, facts.revision = deck.author, 1
    facts.created = facts.modified = datetime(*LONG_AGO, tzinfo=UTC)
    for words in deck.slides:
        _slide(made, words, deck.language)
    stream = io.BytesIO()
    made.save(stream)
    return _undated(stream.getvalue())


def _slide(made: Any, words: SlideWords, language: Language) -> None:
    slide = made.slides.add_slide(made.slide_layouts[TITLE_ONLY])
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = RGBColor(*INK)
    if words.picture is not None:
        picture = slide.shapes.add_picture(
            io.BytesIO(words.picture), 0, 0, made.slide_width, made.slide_height
        )
        picture._element.nvPicPr.cNvPr.set("descr", words.described)
        slide.shapes._spTree.insert(2, picture._element)  # below the title, which is there already
    title = slide.shapes.title
    if words.title:
        _title(slide, title, words, language)
    elif words.captions:
        _captions(title, words, language)
    else:
        title._element.getparent().remove(title._element)
    if words.title and words.captions:
        _captions(slide.shapes.add_textbox(0, 0, 0, 0), words, language)
    if words.numbers and words.place and words.place.numbers:
        _numbers(slide, words.numbers, words.place.numbers, language)
    if words.foot:
        _foot(slide, words.foot, language)
    if words.notes:
        slide.notes_slide.notes_text_frame.text = words.notes


def _title(slide: Any, title: Any, words: SlideWords, language: Language) -> None:
    """Write a title over a dark band, and what stands below it."""
    wide, tall = SLIDE_PX
    head = fitted(words.title, 0.8 * wide, TITLE_PX, bold=True)
    below = fitted(words.under, 0.8 * wide, UNDER_PX)
    tops = LINE * head.size * len(head.lines), LINE * below.size * len(below.lines)
    rule = 44.0 if below.lines else 0.0
    y = MIDDLE * tall - (sum(tops) + rule) / 2
    if words.picture is not None:
        band = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, 0, 0)
        _at(band, (0.0, y - 60.0, float(wide), y + sum(tops) + rule + 60.0))
        _fill(band, INK, BOX_ALPHA)
        _plain(band)
        title._element.addprevious(band._element)
    _at(title, (0.1 * wide, y, 0.9 * wide, y + tops[0]))
    _write(title.text_frame, [(words.title, head.size, PAPER, True)], language)
    if below.lines:
        line = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, 0, 0)
        _at(line, (wide / 2 - 48.0, y + tops[0] + 18.0, wide / 2 + 48.0, y + tops[0] + 22.0))
        _fill(line, ACCENT, 255)
        _plain(line)
        under = slide.shapes.add_textbox(0, 0, 0, 0)
        _at(under, (0.1 * wide, y + tops[0] + rule, 0.9 * wide, y + sum(tops) + rule))
        _write(under.text_frame, [(words.under, below.size, QUIET, False)], language)


def _captions(shape: Any, words: SlideWords, language: Language) -> None:
    """Write a shot's captions, one below the other, on a strip over the foot."""
    regions, captions = frame_regions(*SLIDE_PX), words.captions
    left, _, right, bottom = regions.captions
    size = CAPTION_PX if len(captions) == 1 else 0.76 * CAPTION_PX
    found = [fitted(text, right - left - 60.0, size) for text in captions]
    lines = sum(len(one.lines) for one in found)
    # Another face than the one that was measured may be wider.
    half = min(right - left, 1.12 * max(one.width for one in found) + 72.0) / 2
    left, right = (left + right) / 2 - half, (left + right) / 2 + half
    tall = lines * 1.3 * size + (len(captions) - 1) * 8.0 + 24.0
    bottom = words.place.captions_bottom if words.place else bottom
    _at(shape, (left, bottom - tall, right, bottom))
    _fill(shape, INK, BOX_ALPHA)
    align = PP_ALIGN.CENTER if len(captions) == 1 else PP_ALIGN.LEFT
    _write(
        shape.text_frame, [(text, size, PAPER, False) for text in captions], language, align=align, pad=30.0
    )


def _numbers(slide: Any, numbers: Sequence[NumberWords], place: NumbersPlace, language: Language) -> None:
    """Write the numbers as a table: label and value, below them their source over both columns."""
    u = place.unit
    inner = place.box[2] - place.box[0] - 2 * PAD * u
    rows: list[tuple[NumberWords | str, float]] = []
    shown = numbers[: place.shown]
    for number, source in zip(shown, sources_once(shown), strict=True):
        rows.append((number, VALUE_LINE * u))
        lines = len(fitted(source, inner, SOURCE_PX * u).lines)
        if lines:
            rows.append((source, lines * LINE * SOURCE_PX * u + GAP * u))
    if len(numbers) > len(shown):
        more = texts(language)["paper_more"].format(count=len(numbers) - len(shown))
        rows.append((more, LINE * SOURCE_PX * u))
    table = _table(slide, place.box, [tall for _, tall in rows])
    for k, (row, _) in enumerate(rows):
        said, value = table.cell(k, 0), table.cell(k, 1)
        if isinstance(row, str):
            said.merge(value)
            said.vertical_anchor = MSO_ANCHOR.TOP
            _words(said, [(row, SOURCE_PX * u, QUIET, False)], language, align=PP_ALIGN.LEFT)
            continue
        size = fitted(row.value, 0.5 * inner, VALUE_PX * u, bold=True, most=1).size
        _words(said, [(row.label, 0.95 * LABEL_PX * u, QUIET, False)], language, align=PP_ALIGN.LEFT)
        _words(value, [(row.value, 0.88 * size, PAPER, True)], language, align=PP_ALIGN.RIGHT)
        if row.unit:
            run = value.text_frame.paragraphs[0].add_run()
            _run(run, f" {row.unit}", 0.85 * UNIT_PX * u, QUIET, bold=False, language=language)


def _table(slide: Any, box: Box, talls: Sequence[float]) -> Any:
    """Add a table of two columns without lines; the rows' heights in px."""
    left, top, right, bottom = (round(x * EMU_PX) for x in box)
    table = slide.shapes.add_table(len(talls), 2, left, top, right - left, bottom - top).table
    table.first_row = table.horz_banding = False
    table._tbl.tblPr.find(qn("a:tableStyleId")).text = PLAIN_TABLE
    table.columns[0].width = Emu(round(0.46 * (right - left)))
    table.columns[1].width = Emu(right - left - table.columns[0].width)
    share = (bottom - top) / sum(talls)
    for row, tall in zip(table.rows, talls, strict=True):
        row.height = Emu(round(share * tall))
        for cell in row.cells:
            _fill(cell, INK, PANEL_ALPHA)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.margin_top = cell.margin_bottom = 0
    return table


def _words(cell: Any, lines: Sequence[Line], language: Language, *, align: Any) -> None:
    _write(cell.text_frame, lines, language, align=align, wraps=None)


def _foot(slide: Any, text: str, language: Language) -> None:
    regions = frame_regions(*SLIDE_PX)
    left, _, right, bottom = regions.foot
    shape = slide.shapes.add_textbox(0, 0, 0, 0)
    _at(shape, (left, bottom - 40.0, right, bottom))
    _write(shape.text_frame, [(text, 19.0, QUIET, False)], language, align=PP_ALIGN.LEFT)


# -- python-pptx has no word for these ----------------------------------------------------------------


def _at(shape: Any, box: Box) -> None:
    left, top, right, bottom = (round(x * EMU_PX) for x in box)
    shape.left, shape.top, shape.width, shape.height = left, top, right - left, bottom - top


def _fill(shape: Any, colour: Colour, alpha: int) -> None:
    """Fill a shape or cell, translucent."""
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor(*colour)
    element = shape._tc.tcPr if hasattr(shape, "_tc") else shape._element.spPr
    code = element.find(qn("a:solidFill")).find(qn("a:srgbClr"))
    opaque = code.makeelement(qn("a:alpha"), {"val": str(round(alpha / 255 * 100_000))})
    code.append(opaque)


def _plain(shape: Any) -> None:
    shape.line.fill.background()
    shape.shadow.inherit = False


def _write(
    frame: Any,
    lines: Sequence[Line],
    language: Language,
    *,
    align: Any = PP_ALIGN.CENTER,
    pad: float = 0.0,
    wraps: bool | None = True,
) -> None:
    """Write paragraphs."""
    if wraps is not None:  # a cell wraps by itself
        frame.word_wrap, frame.auto_size = wraps, MSO_AUTO_SIZE.NONE
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        frame.margin_left = frame.margin_right = Emu(round(pad * EMU_PX))
        frame.margin_top = frame.margin_bottom = 0
    for number, (text, size, colour, bold) in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment = align
        paragraph.space_before = Pt(4 if number and wraps is not None else 0)
        _run(paragraph.add_run(), text, size, colour, bold=bold, language=language)


def _run(run: Any, text: str, size: float, colour: Colour, *, bold: bool, language: Language) -> None:
    run.text, font = text, run.font
    font.size, font.bold, font.name = Pt(round(2 * size * POINT_PX) / 2), bold, FACE
    font.color.rgb = RGBColor(*colour)
    facts = run._r.get_or_add_rPr()
    facts.set("lang", LANGUAGES[language])
    # Without it Chinese is written in the theme's East Asian face.
    facts.append(facts.makeelement(qn("a:ea"), {"typeface": FACE}))


def _undated(content: bytes) -> bytes:
    """Return an archive whose files have no times of their own."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, LONG_AGO)
            info.compress_type = (
                zipfile.ZIP_STORED if name.endswith((".jpg", ".png")) else zipfile.ZIP_DEFLATED
            )
            target.writestr(info, source.read(name))
    return stream.getvalue()

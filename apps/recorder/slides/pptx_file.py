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
from apps.recorder.overprint.regions import frame_regions
from apps.recorder.overprint.title_words import MIDDLE, TITLE_PX, UNDER_PX
from apps.recorder.slides.deck import SLIDE_PX, SlideDeck, SlideWords
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
        _captions(title, words.captions, language)
    else:
        title._element.getparent().remove(title._element)
    if words.title and words.captions:
        _captions(slide.shapes.add_textbox(0, 0, 0, 0), words.captions, language)
    if words.numbers and words.numbers_box is not None:
        _numbers(slide, words.numbers, words.numbers_box, language)
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


def _captions(shape: Any, captions: Sequence[str], language: Language) -> None:
    """Write a shot's captions, one below the other, on a strip over the foot."""
    regions = frame_regions(*SLIDE_PX)
    left, _, right, bottom = regions.captions
    size = CAPTION_PX if len(captions) == 1 else 0.76 * CAPTION_PX
    found = [fitted(text, right - left - 60.0, size) for text in captions]
    lines = sum(len(one.lines) for one in found)
    # Another face than the one that was measured may be wider.
    half = min(right - left, 1.12 * max(one.width for one in found) + 72.0) / 2
    left, right = (left + right) / 2 - half, (left + right) / 2 + half
    tall = lines * 1.3 * size + (len(captions) - 1) * 8.0 + 24.0
    bottom = min(bottom, regions.foot[3] - 78.0)
    _at(shape, (left, bottom - tall, right, bottom))
    _fill(shape, INK, BOX_ALPHA)
    align = PP_ALIGN.CENTER if len(captions) == 1 else PP_ALIGN.LEFT
    _write(
        shape.text_frame, [(text, size, PAPER, False) for text in captions], language, align=align, pad=30.0
    )


def _numbers(slide: Any, numbers: Sequence[NumberWords], box: Box, language: Language) -> None:
    """Write the numbers as a table: label with its source, value with its unit."""
    left, top, right, bottom = (round(x * EMU_PX) for x in box)
    frame = slide.shapes.add_table(len(numbers), 2, left, top, right - left, bottom - top)
    table = frame.table
    table.first_row = table.horz_banding = False
    table._tbl.tblPr.find(qn("a:tableStyleId")).text = PLAIN_TABLE
    table.columns[0].width = Emu(round(0.53 * (right - left)))
    table.columns[1].width = Emu(right - left - table.columns[0].width)
    for row, number in enumerate(numbers):
        said, value = table.cell(row, 0), table.cell(row, 1)
        for cell in (said, value):
            _fill(cell, INK, PANEL_ALPHA)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.margin_top = cell.margin_bottom = Emu(round(4 * EMU_PX))
        lines = [(number.label, 20.0, PAPER, False), (number.source, 15.0, QUIET, False)]
        _write(
            said.text_frame, [line for line in lines if line[0]], language, align=PP_ALIGN.LEFT, wraps=None
        )
        _write(
            value.text_frame, [(number.value, 30.0, PAPER, True)], language, align=PP_ALIGN.RIGHT, wraps=None
        )
        if number.unit:
            run = value.text_frame.paragraphs[0].add_run()
            _run(run, f" {number.unit}", 17.0, QUIET, bold=False, language=language)


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
    lines: Sequence[tuple[str, float, Colour, bool]],
    language: Language,
    *,
    align: Any = PP_ALIGN.CENTER,
    pad: float = 0.0,
    wraps: bool | None = True,
) -> None:
    """Write paragraphs: (text, size in px, colour, bold) each."""
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

"""Fill the sheet of a page from a session."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from apps.ages import age
from apps.formatting import exact_level, fixed, written
from apps.line_translation import translated
from apps.papers.sheet import Headings, LayerLegend, Number, PaperSheet, TitleField, swatch
from apps.parts import head
from apps.parts.provenance import curve_source
from apps.parts.readout import figures, remarks, shown
from apps.session.origins import level_origin
from apps.texts import texts
from apps.value_words import counted
from layers.labels.theme import MODES
from layers.layer import entry_layer
from twin.bilingual import Language

if TYPE_CHECKING:
    from apps.session.session import Session
    from layers.layer import LayerFacts
    from twin.scene import Scene

STALE = "#c9d1d8"
"""Colour of a live picture whose level is old, as the desk's frame."""
MARK = 10
"""Hexadecimal digits of an id: two of a million pages are alike once in 2,200 such millions."""


def page_id(scene: Scene, *, generation: str, values: str) -> str:
    """Return the short hash of what a page shows.

    ``values`` is the revision of live values: when they were known, '' where none are shown.
    """
    told = "\n".join((scene.to_json(), generation, values))
    text = hashlib.sha256(told.encode()).hexdigest()[:MARK].upper()
    return f"{text[:5]}-{text[5:]}"


def sheet_of(
    session: Session,
    layers: Mapping[str, LayerFacts],
    *,
    scene: Scene,
    values: str,
    made_at: datetime,
    by: str,
    language: Language,
) -> PaperSheet:
    """Return the words of a page.

    The session's basin is what the visitor may see: what is withheld is in none of its entries, and
    not among ``layers``.
    """
    t, basin = texts(language), session.basin
    block, catalog = basin.site.title_block, basin.catalog
    mode = head.view(catalog, session, language)
    live = " · ".join(part for part in (t["mode_live"], mode.live_time) if part)
    tone = STALE if mode.tone == "stale" else MODES[mode.tone].colour if mode.tone else ""
    id_ = page_id(scene, generation=basin.generation.id, values=values)
    visible = [
        facts
        for facts in layers.values()
        if facts.state == "ready" and scene.layers.get(facts.id, facts.at_first).visible
    ]
    return PaperSheet(
        language=language,
        unit=block.unit[language] if block.unit else "",
        title=block.title[language] if block.title else t["title"].format(name=catalog.head.name[language]),
        tone=tone,
        mode=mode.mode or live,
        note=mode.note,
        stamp=t["synthetic"] if basin.synthetic else "",
        id=id_,
        values=values,
        made_at=made_at.isoformat(),
        headings=Headings(
            numbers=t["paper_numbers"],
            legend=t["paper_legend"],
            sources=t["paper_sources"],
            joined=t["paper_between"],
            more=t["paper_more"],
        ),
        numbers=(*_numbers(session, language), *_affected(session, language)),
        remarks=tuple(remarks(session, language)),
        legend=tuple(_legend(facts, language) for facts in visible),
        cells=tuple(_cells(session, scene, id_=id_, made_at=made_at, by=by, language=language)),
        sources=tuple(_sources(session, {facts.id for facts in visible}, language)),
    )


def _numbers(session: Session, language: Language) -> Iterator[Number]:
    """Headline figures with their sources, the level's age among them."""
    t, origin = texts(language), level_origin(session, language)
    for figure in figures(session):
        value, unit = shown(session, figure, language)
        parts = [curve_source(session, language)]
        if figure.formula == "level":
            parts = [origin.source]
            time = figure.quantity.time
            parts += [t[figure.mark]] if figure.mark else []
            parts += [] if time is None else [written(time, session.zone)]
            if session.scene.moment.is_live:
                parts.append(age(session.live_age_s, language))
            parts.append(t[f"quality_{figure.quantity.quality}"])
        unit = f"× {unit}" if unit.startswith("10") else unit  # 10⁸ m³ beside a number on paper
        yield Number(label=t[figure.text], value=value, unit=unit, source=" · ".join(parts))


def _affected(session: Session, language: Language) -> Iterator[Number]:
    """Villages, households and people that the level affects, certainly and possibly."""
    t, basin, moment = texts(language), session.basin, session.scene.moment
    affected = basin.affected
    if not len(affected.villages.id):
        return
    total = affected.at(basin.water.state(moment.level_m, highest_m=moment.highest_m)).total
    entries = basin.catalog.entries
    titles = [entries[id_].title[language] for id_ in affected.sources if id_ in entries]
    error = t["text_error"].format(error=fixed(affected.vertical_error_m, 1))
    source = " · ".join((t["paper_and"].join(titles), error) if titles else (error,))
    for text, count in (
        ("text_villages_count", total.villages),
        ("text_households", total.households),
        ("text_people", total.people),
    ):
        yield Number(label=t[text], value=counted(count, language), unit="", source=source)
        source = ""  # once for the three


def _legend(facts: LayerFacts, language: Language) -> LayerLegend:
    return LayerLegend(
        name=facts.title[language], swatches=tuple(swatch(entry, language) for entry in facts.legend)
    )


def _cells(
    session: Session, scene: Scene, *, id_: str, made_at: datetime, by: str, language: Language
) -> Iterator[TitleField]:
    """Fields of the title block, three a row; what the site leaves out stays empty, as on a drawing."""
    t, catalog, block = texts(language), session.basin.catalog.head, session.basin.site.title_block
    classification = "" if block.classification is None else block.classification[language]
    for label, value in (
        ("level", f"{exact_level(scene.moment.level_m)} {t['unit_level']}"),
        ("p_vertical", t[f"datum_{catalog.vertical.working}"]),
        ("paper_crs", catalog.frame.crs),
        ("paper_scale", t["paper_scale_value"]),
        ("exaggeration", f"× {fixed(scene.exaggeration, 1)}"),
        ("paper_resolution", "{sharpness}"),
        ("p_generation", session.basin.generation.id),
        ("paper_classification", classification),
        ("paper_approval", block.map_approval or ""),
        ("paper_by", by),
        ("paper_made", written(made_at, session.zone)),
        ("paper_id", id_),
    ):
        yield TitleField(label=t[label], value=value)


def _sources(session: Session, visible: set[str], language: Language) -> Iterator[str]:
    """Source, edition and licence of the curve and of each entry that is on the picture, alike ones once."""
    t, titles = texts(language), dict[tuple[str, str, str], list[str]]()
    for id_, entry in session.basin.catalog.entries.items():
        if id_ == session.report.curve or entry_layer(entry) in visible:
            key = (translated(entry.source, language), entry.edition, entry.licence or "")
            titles.setdefault(key, []).append(entry.title[language])
    for (source, edition, licence), of in titles.items():
        words = t["paper_source"].format(titles=t["paper_and"].join(of), source=source, edition=edition)
        yield f"{words} · {licence}" if licence else words

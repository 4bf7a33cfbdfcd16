"""Card with the provenance of a headline figure."""

from __future__ import annotations

from apps.formatting import WAN, exact_level, fixed, storage, written
from apps.line_translation import translated
from apps.parts.readout import Figure, figures, shown
from apps.session.origins import LevelOrigin, level_origin
from apps.session.session import Session
from apps.session.views import CardView, RowView
from apps.texts import texts
from twin.bilingual import Language
from twin.reservoir import WaterReport
from twin.water.consistency import percent
from twin.water.ranges import level_text


def view(session: Session, figure_id: str, language: Language) -> CardView:
    """Return the card of a figure.

    An empty one where the figure is not shown.
    """
    figure = next((f for f in figures(session) if f.id == figure_id), None)
    if figure is None:
        return CardView()
    t, quantity = texts(language), figure.quantity
    value, unit = shown(session, figure, language)
    time = t["p_time_none"] if quantity.time is None else written(quantity.time, session.zone)
    origin = level_origin(session, language)
    rows = [
        RowView(label=t["p_time"], value=time),
        RowView(label=t["p_source"], value=_source(session, figure, origin, language)),
        *_computed_from(session, figure, origin, language),
        *origin.rows,
        RowView(label=t["p_formula"], value=_formula(session, figure, language)),
        RowView(label=t["p_quality"], value=t[f"quality_{quantity.quality}"]),
        *_beside(session, figure, language),
        *extent(session.report, language),
        *(_fit(session, language) if figure.formula != "level" else ()),
        RowView(label=t["p_vertical"], value=translated(session.report.vertical, language)),
        RowView(label=t["p_generation"], value=session.report.generation),
    ]
    note = t["extrapolated"] if session.report.extrapolated else ""
    return CardView(kind="provenance", title=t[figure.text], value=f"{value} {unit}", rows=rows, note=note)


def _source(session: Session, figure: Figure, origin: LevelOrigin, language: Language) -> str:
    """In words: the level has an origin of its own; everything else comes from the curve."""
    if figure.formula == "level":
        return origin.source
    words, entry = curve_source(session, language), session.basin.catalog.entries.get(session.report.curve)
    return f"{words} · {translated(entry.source, language)}" if entry is not None else words


def curve_source(session: Session, language: Language) -> str:
    """Return the edition of the curve that figures come from, in words."""
    entry = session.basin.catalog.entries.get(session.report.curve)
    edition = entry.edition if entry is not None else session.report.curve
    return texts(language)["source_curve"].format(edition=edition)


def extent(report: WaterReport, language: Language) -> list[RowView]:
    """Return the level drawn, where coarser than the level shown."""
    if not report.coarser:
        return []
    t = texts(language)
    words = t["extent_at"].format(extent=level_text(report.extent_level_m), level=level_text(report.level_m))
    return [RowView(label=t["p_extent"], value=words)]


def _computed_from(
    session: Session, figure: Figure, origin: LevelOrigin, language: Language
) -> list[RowView]:
    """The level that the curve was asked with and its origin; the level that a free capacity counts to."""
    if figure.formula == "level":
        return []
    t = texts(language)
    level = f"{fixed(session.report.level_m, 2)} {t['unit_level']}"
    rows = [RowView(label=t["p_level"], value=f"{level} · {origin.source}")]
    named = next((x for x in session.basin.site.levels if x.id == figure.reference), None)
    if named is not None:
        name = named.name[language]
        source = t["source_site"].format(source=translated(named.source, language))
        value = f"{name} {exact_level(named.level_m)} {t['unit_level']} · {source}"
        rows.append(RowView(label=t["p_reference"], value=value))
    return rows


def _formula(session: Session, figure: Figure, language: Language) -> str:
    """A level is looked up on the curve only where a storage was asked for."""
    t = texts(language)
    if figure.formula != "level":
        return t[f"formula_{figure.formula}"]
    if session.scene.moment.is_live:
        return t["formula_level_measured"]
    if session.replaying:
        return t["formula_level_replayed"]
    return t["formula_level"] if session.scene.moment.mode == "what-if" else t["formula_level_kept"]


def _fit(session: Session, language: Language) -> list[RowView]:
    """Where the curve's areas and storages contradict each other: in the table, and at this level."""
    t, report = texts(language), session.report
    fit = session.basin.water.edition(report.curve).consistency
    if not fit.doubtful or (worst := fit.worst) is None:
        return []
    words = t["fit_table"].format(
        count=len(fit.misfits),
        total=fit.intervals,
        worst=percent(worst.off),
        low=level_text(worst.low_m),
        high=level_text(worst.high_m),
    )
    if fit.by_rounding:
        step = storage(fit.storage_step_m3, WAN)
        words += t["fit_rounding"].format(count=len(fit.by_rounding), step=step)
    rows = [RowView(label=t["p_fit"], value=words)]
    if (here := fit.at(report.level_m)) is not None:
        area, rise = (fixed(m2 / 1e6, 2) for m2 in (report.curve_area_m2, report.curve_rise_m2))
        here_words = t["fit_here"].format(area=area, rise=rise, worst=percent(here.off))
        rows.append(RowView(label=t["p_fit_here"], value=here_words))
    return rows


def _beside(session: Session, figure: Figure, language: Language) -> list[RowView]:
    """What the terrain says to the same question: shown beside the curve, never mixed with it."""
    t, report = texts(language), session.report
    if figure.formula == "storage":
        return [*_fill(session, t), *_reported_storage(session, t), *_terrain_storage(session, t)]
    if figure.formula == "level":
        return _reported_level(session, t)
    if figure.formula == "area":
        rows = []
        if report.area_m2 is not None:
            rows.append(_area(t, "terrain_area", report.area_m2))
        if report.uncertain_area_m2 is not None:
            rows.append(_area(t, "uncertain_area", report.uncertain_area_m2))
        return rows
    return []


def _fill(session: Session, t: dict[str, str]) -> list[RowView]:
    """What the share beside the storage is a share of."""
    level_m, full_m3 = session.levels.named("normal"), session.levels.storage_named_m3("normal")
    if level_m is None or full_m3 is None:
        return []
    percent = fixed(100.0 * session.report.storage_m3 / full_m3, 1)
    full = f"{_storage(session, full_m3, t)} ({exact_level(level_m)} {t['unit_level']})"
    return [RowView(label=t["p_fill"], value=f"{percent}% · {full}")]


def _terrain_storage(session: Session, t: dict[str, str]) -> list[RowView]:
    report = session.report
    if report.terrain_storage_m3 is None:
        return []
    label = t["terrain_storage"].format(bed=fixed(report.terrain_bed_m or 0.0, 1))
    return [RowView(label=label, value=_storage(session, report.terrain_storage_m3, t))]


def _reported_storage(session: Session, t: dict[str, str]) -> list[RowView]:
    """A storage that was published for this time, and how far the curve is from it."""
    seen = session.observation
    if seen is None or seen.storage_m3 is None or seen.storage_off_m3 is None:
        return []
    off = storage(seen.storage_off_m3, session.levels.storage_unit)
    value = f"{_storage(session, seen.storage_m3, t)} ({t['p_off']} {off})"
    return [RowView(label=t["p_reported"], value=value)]


def _reported_level(session: Session, t: dict[str, str]) -> list[RowView]:
    """What the reconstructed line says where a level was published, and how far it is from it."""
    seen = session.observation
    if seen is None or seen.level_m is None or seen.level_off_m is None:
        return []
    line = f"{fixed(seen.pool_level_m, 2)} {t['unit_level']} ({t['p_off']} {fixed(seen.level_off_m, 2)})"
    return [RowView(label=t["at_reconstructed"], value=line)]


def _area(t: dict[str, str], name: str, value_m2: float) -> RowView:
    return RowView(label=t[name], value=f"{fixed(value_m2 / 1e6, 1)} {t['unit_area']}")


def _storage(session: Session, value_m3: float, t: dict[str, str]) -> str:
    unit = session.levels.storage_unit
    return f"{storage(value_m3, unit)} {t[unit.text]}"

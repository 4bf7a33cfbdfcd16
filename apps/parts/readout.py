"""Readout of a moment's headline figures, each with provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from trame.widgets import html

from apps.formatting import fixed, storage
from apps.parts.part import Part
from apps.session.controller import Controller
from apps.session.origins import level_origin
from apps.session.session import Session
from apps.texts import texts
from twin.bilingual import Language
from twin.quantity import Quality, Quantity


@dataclass(frozen=True, kw_only=True)
class FigureView:
    """Number of the readout.

    ``id`` requests its provenance, ``mark`` is one word on what it is.
    """

    id: str
    label: str
    value: str
    unit: str
    size: Literal["huge", "large", "plain"] = "plain"
    hint: str = ""
    tone: str = ""
    mark: str = ""
    mark_tone: str = ""


@dataclass(frozen=True, kw_only=True)
class ReadoutView:
    """Headline figures.

    ``fill`` is the storage in percent of the capacity to the normal level.
    """

    figures: list[FigureView] = field(default_factory=list)
    fill: float = 0.0
    fill_text: str = ""
    remarks: list[str] = field(default_factory=list)


Formula = Literal["storage", "level", "area", "free"]
Size = Literal["huge", "large", "plain"]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Headline figure: quantity, computation, and the texts that name it.

    ``mark`` is the text that says what a level is; ``reference`` the characteristic level a figure counts to.
    """

    id: str
    text: str
    quantity: Quantity
    formula: Formula
    size: Size
    tone: str = ""
    mark: str = ""
    reference: str = ""


def figures(session: Session) -> list[Figure]:
    """Return storage, level, area and free capacity.

    The latter to the normal and the design level. The level is as good as its origin; what the curve makes of
    it is at best as good, and an estimate above the curve's end.
    """
    report, time = session.report, session.scene.moment.valid_at
    level = level_origin(session, "en")
    computed: Quality = "estimate" if report.extrapolated else level.quality

    def figure(id_: str, value: float, unit: str, formula: Formula, size: Size) -> Figure:
        quantity = Quantity(value=value, unit=unit, source=report.curve, time=time, quality=computed)
        return Figure(id=id_, text=id_, quantity=quantity, formula=formula, size=size)

    measured = Quantity(value=report.level_m, unit="m", source=level.id, time=time, quality=level.quality)
    found = [
        figure("storage", report.storage_m3, "m³", "storage", "huge"),
        Figure(id="level", text="level", quantity=measured, formula="level", size="large", mark=level.mark),
        figure("area", report.curve_area_m2, "m²", "area", "large"),
    ]
    for id_ in ("normal", "design"):
        full_m3 = session.levels.storage_named_m3(id_)
        if full_m3 is None:
            continue
        free = full_m3 - report.storage_m3
        unit = session.levels.storage_unit
        over = round(free / unit.m3, unit.digits) < 0  # as it is shown: nothing is in excess by 0.00
        found.append(
            replace(
                figure(f"free_{id_}", abs(free), "m³", "free", "plain"),
                text=f"over_{id_}" if over else f"free_{id_}",
                tone="over" if over else "",
                reference=id_,
            )
        )
    return found


def shown(session: Session, figure: Figure, language: Language) -> tuple[str, str]:
    """Format a figure's value and unit for the screen."""
    t, quantity = texts(language), figure.quantity
    value = quantity.value
    if value is None:
        return t["none"], ""
    match quantity.unit:
        case "m³":
            return storage(value, session.levels.storage_unit), t[session.levels.storage_unit.text]
        case "m²":
            return fixed(value / 1e6, 1), t["unit_area"]
        case _:
            return fixed(value, 2), t["unit_level"]


def view(session: Session, language: Language) -> ReadoutView:
    """Return the readout in a language."""
    t, rows = texts(language), []
    for figure in figures(session):
        value, unit = shown(session, figure, language)
        rows.append(
            FigureView(
                id=figure.id,
                label=t[figure.text],
                value=value,
                unit=unit,
                size=figure.size,
                tone=figure.tone,
                mark=t[figure.mark] if figure.mark else "",
                mark_tone=figure.mark,
            )
        )
    full_m3 = session.levels.storage_named_m3("normal")
    fill = 0.0 if full_m3 is None else 100.0 * session.report.storage_m3 / full_m3
    return ReadoutView(
        figures=rows,
        fill=fill,
        fill_text=t["fill"].format(percent=fixed(fill, 1)) if full_m3 is not None else "",
        remarks=remarks(session, language),
    )


def remarks(session: Session, language: Language) -> list[str]:
    """Return sentences on what limits trust in figures and picture."""
    t, found = texts(language), []
    if session.report.extrapolated:
        found.append(t["extrapolated"])
    if passed := session.passed_m:
        found.append(t["passed"].format(count=len(passed), level=fixed(passed[0], 2)))
    return found


def build() -> None:
    with html.Section(v_if=("readout.figures.length",), classes="readout glass"):
        with html.Button(
            v_for=("figure in readout.figures",),
            key=("figure.id",),
            type="button",
            classes=("'figure figure-' + figure.size + (figure.tone ? ' tone-' + figure.tone : '')",),
            click="trigger('explain', [figure.id])",
            title=("t.provenance",),
            raw_attrs=[':data-figure="figure.id"'],
        ):
            html.Span("{{ figure.label }}", classes="figure-label")
            html.Em("{{ figure.mark }}", v_if=("figure.mark",), classes=("'mark mark-' + figure.mark_tone",))
            with html.Span(classes="figure-number"):
                html.B("{{ figure.value }}")
                html.I("{{ figure.unit }}")
            with html.Span(v_if=("figure.id === 'storage'",), classes="fill"):
                with html.Span(classes="fill-bar"):
                    html.Span(classes="fill-part", style=("{ width: Math.min(100, readout.fill) + '%' }",))
                html.Span("{{ readout.fill_text }}", classes="fill-text")
        html.P("{{ remark }}", v_for=("remark in readout.remarks",), key=("remark",), classes="remark")


def _caption(controller: Controller) -> Mapping[str, Any]:
    return {"readout": view(controller.session, controller.language)}


PART = Part(
    id="readout",
    state={"readout": ReadoutView()},
    caption=_caption,
    client_only=("readout",),
    build=build,
    place="left",
)

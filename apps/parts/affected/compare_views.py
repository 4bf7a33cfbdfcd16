"""Views of two levels side by side: choices, differences, legend."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from apps.formatting import exact_level, fixed
from apps.parts.affected.affected_views import affected_now
from apps.texts import texts
from layers.light import WATER
from twin.water.surface import WaterState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.session.session import Session
    from twin.analysis.affected import Count
    from twin.bilingual import Language


@dataclass(frozen=True, kw_only=True)
class ComparedChoiceView:
    """Choice of a level to compare with.

    ``on`` while it is the one.
    """

    id: str
    name: str
    text: str
    on: bool = False


@dataclass(frozen=True, kw_only=True)
class DifferenceView:
    """Number at both levels, and their difference.

    ``most`` are the same three where all that is possible is so; none where there is no doubt.
    """

    id: str
    name: str
    unit: str
    cells: list[str]
    most: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ColourView:
    """Colour on the ground and what it means."""

    colour: str
    text: str


@dataclass(frozen=True, kw_only=True)
class CompareView:
    """State of the comparison; ``on`` while a level is compared with."""

    on: bool = False
    level: str = ""
    shown: str = ""
    title: str = ""
    swipe: float | None = None
    choices: list[ComparedChoiceView] = field(default_factory=list)
    rows: list[DifferenceView] = field(default_factory=list)
    legend: list[ColourView] = field(default_factory=list)


def compare_view(session: Session, language: Language) -> CompareView:
    """Return the comparison of the scene's two levels."""
    t, scene = texts(language), session.scene
    compared_m, level_m = scene.marks.compared_m, scene.moment.level_m
    choices = [
        ComparedChoiceView(
            id=id_,
            name=name,
            text=f"{exact_level(choice_m)} {t['unit_level']}",
            on=compared_m is not None and round(choice_m, 4) == round(compared_m, 4),
        )
        for id_, name, choice_m in choices_of(session, language)
    ]
    shown = f"{exact_level(level_m)} {t['unit_level']}"
    if compared_m is None:
        return CompareView(choices=choices, shown=shown)
    level = f"{exact_level(compared_m)} {t['unit_level']}"
    return CompareView(
        on=True,
        level=level,
        shown=shown,
        title=t["compare_title"].format(before=level, after=shown),
        swipe=scene.marks.swipe,
        choices=choices,
        rows=_differences(session, compared_m, t),
        legend=_legend(level, shown, risen=level_m >= compared_m, t=t),
    )


def choices_of(session: Session, language: Language) -> list[tuple[str, str, float]]:
    """Return levels to compare with: (id, name, level in m)."""
    t = texts(language)
    found = []
    if session.live is not None:
        found.append(("live", t["compare_live"], session.live.level_m))
    found += [
        (level.id, level.name[language], level.level_m)
        for level in session.basin.site.levels
        if session.levels.lowest_m <= level.level_m <= session.levels.highest_m
    ]
    return found


def _differences(session: Session, compared_m: float, t: dict[str, str]) -> list[DifferenceView]:
    unit = session.levels.storage_unit
    before, after = session.basin.water.at(level_m=compared_m), session.report

    def row(id_: str, unit_name: str, values: tuple[float, float], digits: int) -> DifferenceView:
        return DifferenceView(id=id_, name=t[id_], unit=unit_name, cells=_cells(*values, digits))

    then = session.models.affected.at(WaterState.rising(compared_m)).total
    now = affected_now(session).total
    return [
        row("level", t["unit_level"], (before.level_m, after.level_m), 2),
        row("storage", t[unit.text], (before.storage_m3 / unit.m3, after.storage_m3 / unit.m3), unit.digits),
        row("area", t["unit_area"], (before.curve_area_m2 / 1e6, after.curve_area_m2 / 1e6), 1),
        _counted("villages", then.villages, now.villages, t),
        _counted("households", then.households, now.households, t),
        _counted("people", then.people, now.people, t),
    ]


def _counted(id_: str, then: Count, now: Count, t: dict[str, str]) -> DifferenceView:
    most = _cells(then.at_most, now.at_most, 0) if then.possible or now.possible else []
    return DifferenceView(
        id=id_, name=t[f"affected_{id_}"], unit="", cells=_cells(then.certain, now.certain, 0), most=most
    )


def _cells(before: float, after: float, digits: int) -> list[str]:
    """Both values as they are rounded, and the difference of what is read."""
    difference = round(round(after, digits) - round(before, digits), digits)
    sign = "+" if difference > 0 else ""
    return [fixed(before, digits), fixed(after, digits), sign + fixed(difference, digits)]


def _legend(level: str, shown: str, *, risen: bool, t: dict[str, str]) -> list[ColourView]:
    water = tuple((a + b) / 2 for a, b in zip(WATER.shallow, WATER.deep, strict=True))
    both = ColourView(colour=_hex(water), text=t["compare_both"])
    if level == shown:
        return [both]
    if risen:
        words = t["compare_newly_wet"].format(before=level, after=shown)
        return [both, ColourView(colour=_hex(WATER.newly_wet), text=words)]
    words = t["compare_dried"].format(before=level, after=shown)
    return [both, ColourView(colour=_hex(WATER.dried), text=words)]


def _hex(colour: Sequence[float]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*(round(255 * c) for c in colour))

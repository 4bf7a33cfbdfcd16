"""Views of villages, buildings, households and people at a level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from apps.formatting import fixed
from apps.texts import texts
from twin.analysis.affected import AffectedReport, AffectedSum, AffectedVillage, Count, Wetness
from twin.water.surface import WaterState

if TYPE_CHECKING:
    from apps.session.session import Session
    from twin.bilingual import Language

STATES = {Wetness.DRY: "dry", Wetness.POSSIBLE: "possible", Wetness.CERTAIN: "certain"}


@dataclass(frozen=True, kw_only=True)
class AffectedSumView:
    """Row of the sums.

    What is counted certainly, possibly in addition, and at most.
    """

    id: str
    name: str
    certain: str
    possible: str
    most: str


@dataclass(frozen=True, kw_only=True)
class AffectedRowView:
    """Row of a village or a township.

    ``level`` is its first-wet level, ``above`` how far the water is over or under it. Counts are a number, or
    a range where some of it is only possible. ``order`` and ``size`` are numbers to sort by.
    """

    id: str
    name: str
    within: str
    state: str
    level: str
    above: str
    buildings: str
    households: str
    people: str
    order: float
    size: int


@dataclass(frozen=True, kw_only=True)
class AffectedView:
    """State of the panel: a level, its sums, villages and townships.

    ``notes`` say what is not in the sums. ``file`` is the address of the list as CSV.
    """

    known: bool = False
    level: str = ""
    belt: str = ""
    sums: list[AffectedSumView] = field(default_factory=list)
    rows: list[AffectedRowView] = field(default_factory=list)
    townships: list[AffectedRowView] = field(default_factory=list)
    following: str = ""
    notes: list[str] = field(default_factory=list)
    source: str = ""
    file: str = ""


def affected_now(session: Session) -> AffectedReport:
    """Report what the moment's water affects."""
    moment = session.scene.moment
    return session.models.affected.at(WaterState(level_m=moment.level_m, highest_m=moment.highest_m))


def affected_view(session: Session, language: Language) -> AffectedView:
    """Return what the moment's level affects; takes about 2 ms."""
    t, moment = texts(language), session.scene.moment
    report = affected_now(session)
    level = f"{fixed(report.level_m, 2)} {t['unit_level']}"
    if not (report.villages or report.dry):
        return AffectedView(level=level, notes=_notes(report, t, language) or [t["affected_unknown"]])
    asked = {"level_m": moment.level_m, "highest_m": moment.highest_m, "format": "csv"}
    return AffectedView(
        known=True,
        level=level,
        belt=t["affected_belt"].format(error=fixed(report.vertical_error_m, 1)),
        sums=sums(report.total, t),
        rows=[_row(row, report, t, language) for row in (*report.villages, *report.dry)],
        townships=[
            _township(name[language] or t["affected_no_township"], some, t) for name, some in report.townships
        ],
        following=_following(report, t, language),
        notes=_notes(report, t, language),
        source=t["affected_source"].format(
            names=t["list_comma"].join(_titles(session, language)), generation=moment.generation or ""
        ),
        file=f"api/v1/affected?{urlencode(asked)}",
    )


def sums(total: AffectedSum, t: dict[str, str]) -> list[AffectedSumView]:
    """Return rows of villages, buildings, households and people."""
    rows = [("villages", total.villages), ("buildings", total.buildings)]
    rows += [("households", total.households), ("people", total.people)]
    return [
        AffectedSumView(
            id=id_,
            name=t[f"affected_{id_}"],
            certain=fixed(count.certain, 0),
            possible=fixed(count.possible, 0),
            most=fixed(count.at_most, 0),
        )
        for id_, count in rows
        if count is not None
    ]


def _row(
    row: AffectedVillage, report: AffectedReport, t: dict[str, str], language: Language
) -> AffectedRowView:
    first_m = row.first_wet_m
    return AffectedRowView(
        id=row.id,
        name=row.name[language] if row.id else t["affected_outside"],
        within=row.township[language],
        state=STATES[row.wetness],
        level=t["affected_never"] if first_m is None else fixed(first_m, 2),
        above="" if first_m is None else _signed(report.level_m - first_m),
        buildings="" if row.sum.buildings is None else span(row.sum.buildings),
        households=_lives(row.sum.households, row, t),
        people=_lives(row.sum.people, row, t),
        order=9999.0 if first_m is None else first_m,
        size=row.sum.households.at_most,
    )


def _township(name: str, some: AffectedSum, t: dict[str, str]) -> AffectedRowView:
    return AffectedRowView(
        id=name,
        name=name,
        within="",
        state="certain" if some.villages.certain else "possible",
        level=t["affected_villages_n"].format(n=span(some.villages)),
        above="",
        buildings="" if some.buildings is None else span(some.buildings),
        households=span(some.households),
        people=span(some.people),
        order=0.0,
        size=some.households.at_most,
    )


def _lives(count: Count, row: AffectedVillage, t: dict[str, str]) -> str:
    """Households or people: unknown is no zero."""
    if row.sum.unsaid and not count.at_most:
        return t["affected_not_known"]
    more = "+" if row.sum.unsaid else ""
    return span(count) + more


def span(count: Count) -> str:
    """Format a count.

    A number, or from what is certain to what is possible.
    """
    if count.possible == 0:
        return fixed(count.certain, 0)
    return f"{fixed(count.certain, 0)}–{fixed(count.at_most, 0)}"


def _following(report: AffectedReport, t: dict[str, str], language: Language) -> str:
    """The next village that a rise reaches."""
    dry = [row for row in report.dry if row.first_wet_m is not None and row.first_wet_m > report.level_m]
    if not dry:
        return ""
    row = min(dry, key=lambda one: one.first_wet_m or 0.0)
    assert row.first_wet_m is not None
    rise = fixed(row.first_wet_m - report.level_m, 2)
    return t["affected_next"].format(name=row.name[language], level=fixed(row.first_wet_m, 2), rise=rise)


def _notes(report: AffectedReport, t: dict[str, str], language: Language) -> list[str]:
    found = []
    if report.total.unsaid:
        found.append(t["affected_unsaid"].format(n=report.total.unsaid))
    if report.total.whole:
        found.append(t["affected_whole"].format(n=report.total.whole))
    for reason in ("no-terrain", "unknown-heights"):
        names = [one.name[language] for one in report.left_out if one.reason == reason]
        if names:
            found.append(t[f"affected_left_{reason}"].format(names=_names(names, t)))
    return found


def _names(names: Sequence[str], t: dict[str, str], most: int = 8) -> str:
    told = t["list_comma"].join(names[:most])
    return told if len(names) <= most else t["affected_and_more"].format(names=told, n=len(names) - most)


def _titles(session: Session, language: Language) -> list[str]:
    entries = session.models.catalog.entries
    return [
        f"{entries[id_].title[language]} ({entries[id_].edition})"
        for id_ in session.models.affected.sources
        if id_ in entries
    ]


def _signed(metres: float) -> str:
    return ("+" if round(metres, 2) > 0 else "") + fixed(metres, 2)

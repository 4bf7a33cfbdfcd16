"""Format a value, its age and its state for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.ages import age
from apps.formatting import fixed
from apps.texts import texts
from twin.bilingual import Language
from twin.quantity import Quality
from twin.stations.freshness import Freshness
from twin.stations.properties import PROPERTIES

if TYPE_CHECKING:
    from twin.analysis.affected import Count
    from twin.stations.model import Datastream
    from twin.stations.snapshot import ValueNow

DOUBTFUL: tuple[Quality, ...] = ("suspect", "poor", "estimate")
"""Qualities that are marked beside a value; one that is missing says so in its place."""

TRENDS = {"rising": "↑", "steady": "→", "falling": "↓", None: ""}


def number(datastream: Datastream, value: float | None, language: Language) -> str:
    """Format a value with its unit; "missing" where there is none."""
    kind = PROPERTIES[datastream.property]
    if value is None:
        return texts(language)["quality_missing"]
    return f"{fixed(value, kind.decimals)} {kind.shown}".strip()


def reading(datastream: Datastream, value: ValueNow | None, language: Language) -> str:
    """Format the newest value with unit and trend.

    A missing one names the last known, marked uncertain.
    """
    if value is None or value.age_s is None:
        return texts(language)["none"]
    if value.value is not None:
        return f"{_of_its_period(datastream, value.value, language)} {TRENDS[value.trend]}".strip()
    missing = texts(language)["quality_missing"]
    if value.last_value is None:
        return missing
    last = _of_its_period(datastream, value.last_value, language)
    return f"{missing} ({texts(language)['last_known']} {last})"


def _of_its_period(datastream: Datastream, value: float, language: Language) -> str:
    """A value with its unit; an amount with the time it fell in, which ends at the value's."""
    words = number(datastream, value, language)
    if PROPERTIES[datastream.property].over_time != "amount":
        return words
    minutes, t = datastream.interval_s / 60, texts(language)
    unit, n = ("minutes", minutes) if minutes < 60 or minutes % 60 else ("hours", minutes / 60)
    return t[f"amount_{unit}"].format(n=f"{n:g}", value=words)


def is_old(freshness: Freshness) -> bool:
    """Return whether a value is greyed, with a word beside it."""
    return freshness is not Freshness.FRESH


def aged(freshness: Freshness, age_s: float | None, language: Language, *, short: bool = False) -> str:
    """Format an age; an old value's begins with a word for it."""
    words = age(age_s, language, short=short)
    if freshness not in (Freshness.STALE, Freshness.DEAD):
        return words
    return f"{texts(language)[f'value_{freshness.value}']} {words}"


def why_doubtful(reason: str, language: Language) -> str:
    """Format quality control's reason for people.

    The word itself where there is no text for it, '' for none.
    """
    return texts(language).get(f"reason_{reason.replace('-', '_')}", reason)


def counted(count: Count, language: Language) -> str:
    """Format a certain number, and how many more are possible."""
    t = texts(language)
    certain, possible = fixed(count.certain, 0), fixed(count.possible, 0)
    if not count.possible:
        return certain
    words = t["text_possibly" if count.certain else "text_only_possibly"]
    return words.format(certain=certain, possible=possible)

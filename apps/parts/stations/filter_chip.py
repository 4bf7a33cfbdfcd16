"""Chip over the picture while a filter hides stations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trame.widgets import html

from apps.parts.part import Part
from apps.parts.widgets import icon_button
from apps.texts import texts
from twin.stations.filter import STATES, Filter, passing
from twin.stations.model import STATION_KINDS

if TYPE_CHECKING:
    from twin.bilingual import Language
    from twin.stations.status import StationStatus


@dataclass(frozen=True, kw_only=True)
class FilterChipView:
    """State of the chip.

    How many stations pass, and by what; '' without a filter.
    """

    count: str = ""
    words: str = ""


def view(statuses: Mapping[str, StationStatus], wanted: Filter, language: Language) -> FilterChipView:
    """Return the chip in a language; empty while all stations are shown."""
    if wanted == Filter() or not statuses:
        return FilterChipView()
    t = texts(language)
    kinds = _chosen([(kind, t[f"station_{kind}"]) for kind in STATION_KINDS], wanted.kinds)
    states = _chosen([(state, t[f"status_{state}"]) for state in STATES], wanted.states)
    parts = [kinds, states, wanted.township, wanted.watershed, wanted.text.strip()]
    return FilterChipView(
        count=f"{len(passing(statuses.values(), wanted))}/{len(statuses)}",
        words=" · ".join(part for part in parts if part),
    )


def _chosen(names: list[tuple[str, str]], chosen: Collection[str]) -> str:
    """Names of what is chosen; '' where all is."""
    return "" if len(chosen) == len(names) else ", ".join(name for id_, name in names if id_ in chosen)


def build() -> None:
    with html.Div(v_if=("station_filter.count",), classes="filter-chip glass", raw_attrs=['role="status"']):
        html.Button(
            "{{ t.stations }} {{ station_filter.count }}",
            type="button",
            classes="filter-count",
            title=("t.filter_hint",),
            click="panel = 'stations'",
        )
        html.Span("{{ station_filter.words }}", classes="filter-words")
        icon_button("close", "trigger('clear_filter')", "filter_clear")


PART = Part(id="filter_chip", state={"station_filter": FilterChipView()}, build=build)

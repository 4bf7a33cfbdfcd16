"""Kept what-ifs in the panel: opened, saved, renamed, deleted."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from trame.widgets import html

from apps.browser.module import FieldElement
from apps.formatting import written
from apps.texts import texts
from twin.bilingual import Language
from twin.errors import TwinError

if TYPE_CHECKING:
    from apps.session.visitor_runs import VisitorRuns

logger = logging.getLogger(__name__)


SUBMIT = (
    "trigger('what_if_save', [$event.target.elements[0].value, $event.target.elements[1].value])"
    ".then((taken) => taken && $event.target.reset())"
)


@dataclass(frozen=True, kw_only=True)
class KeptRunView:
    """Kept what-if; ``mine`` where the visitor may change it."""

    id: str
    name: str
    by: str
    mine: bool


@dataclass(frozen=True, kw_only=True)
class KeptView:
    """Kept what-ifs that the visitor may see.

    ``levels`` are those of access that one may be given."""

    runs: list[KeptRunView] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)


def kept_view(runs: VisitorRuns | None, zone: ZoneInfo, language: Language) -> KeptView:
    """Return the list of kept what-ifs.

    Empty where nothing is kept, or what is cannot be read."""
    if runs is None:
        return KeptView()
    try:
        found = runs.all("what-if")
    except TwinError:
        logger.exception("kept what-ifs cannot be read")
        return KeptView(levels=list(runs.levels))
    return KeptView(
        runs=[
            KeptRunView(
                id=run.id,
                name=run.name,
                by=" · ".join(
                    part
                    for part in (
                        run.author_name or run.author,
                        written(run.issued_at, zone),
                        texts(language)[f"whatif_access_{run.access}"],
                    )
                    if part
                ),
                mine=runs.may_change(run),
            )
            for run in found
        ],
        levels=list(runs.levels),
    )


def build() -> None:
    """Add the list, and the row that saves."""
    with html.Details(classes="whatif-series"):
        html.Summary(
            "{{ t.whatif_kept }}{{ what_if.kept.runs.length ? ' (' + what_if.kept.runs.length + ')' : '' }}"
        )
        with html.Form(
            classes="whatif-save",
            submit=SUBMIT,
            raw_attrs=['onsubmit="return false"'],
        ):
            html.Input(
                type="text",
                classes="field",
                raw_attrs=['maxlength="80"', ':placeholder="t.whatif_name"', ':aria-label="t.whatif_name"'],
            )
            with html.Select(classes="choice", raw_attrs=[':aria-label="t.whatif_access"']):
                html.Option(
                    "{{ t['whatif_access_' + level] }}",
                    v_for=("level in what_if.kept.levels",),
                    key=("level",),
                    value=("level",),
                )
            html.Button("{{ t.whatif_save }}", type="submit", classes="tool")
        html.P("{{ t.whatif_kept_none }}", v_if=("!what_if.kept.runs.length",), classes="note")
        with html.Div(v_for=("run in what_if.kept.runs",), key=("run.id",), classes="whatif-kept"):
            FieldElement(
                v_if=("run.mine",),
                taken=("what_if.taken",),
                typed="trigger('what_if_rename', [run.id, $event])",
                raw_attrs=[':value="run.name"', 'maxlength="80"', ':aria-label="t.whatif_name"'],
            )
            html.B("{{ run.name }}", v_if=("!run.mine",))
            html.Button(
                "{{ t.whatif_load }}",
                type="button",
                classes="tool",
                click="trigger('what_if_load', [run.id])",
            )
            html.Button(
                "×",
                v_if=("run.mine",),
                type="button",
                classes="tool tool-icon",
                click="trigger('what_if_delete', [run.id])",
                raw_attrs=[':aria-label="t.whatif_delete + run.name"'],
            )
            html.Span("{{ run.by }}", classes="note")

"""Days of supply in the panel, and the exposed shore."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trame.widgets import html

from apps.error_messages import say
from apps.formatting import clock, exact_level, fixed, plain, storage
from apps.session.what_if import DAY_S
from apps.texts import texts
from twin.bilingual import Language
from twin.errors import TwinError
from twin.water.supply import supply

if TYPE_CHECKING:
    from apps.session.session import Session
    from apps.session.what_if import WhatIf


@dataclass(frozen=True, kw_only=True)
class SupplyView:
    """Days of supply: question, answer, exposed shore."""

    demand: str = ""
    to: str = ""
    answer: str = ""
    bounds: str = ""
    exposed: str = ""
    marked: bool = False


def supply_view(session: Session, asked: WhatIf, language: Language) -> SupplyView:
    """Return how long the lake lasts without inflow, down to a level."""
    t, to_m = texts(language), asked.supply_to_m
    view = SupplyView(
        demand=plain(asked.demand_m3s),
        to="" if to_m is None else exact_level(to_m),
        marked=session.scene.marks.compared_m is not None,
    )
    if to_m is None:
        return view
    water = session.basin.water
    try:
        found = supply(
            water.curve,
            from_m=asked.start_m,
            to_m=to_m,
            demand_m3s=asked.demand_m3s,
            start_error_m=asked.start_error_m,
        )
        before, after = water.at(level_m=asked.start_m), water.at(level_m=to_m)
    except TwinError as error:
        return SupplyView(demand=view.demand, to=view.to, marked=view.marked, answer=say(error, language))
    assert found.days is not None and found.least_days is not None and found.most_days is not None
    until = asked.start_s + found.days * DAY_S
    far = found.days > 36_500
    answer = t["whatif_supply_answer"].format(
        days=fixed(found.days, 0 if found.days > 30 else 1),
        date=t["none"] if far else clock(until, session.zone)[:10],
        usable=storage(found.usable_m3, session.levels.storage_unit),
        unit=t[session.levels.storage_unit.text],
    )
    digits = 0 if found.days > 30 else 1
    by_curve = (before.curve_area_m2 - after.curve_area_m2) / 1e6
    exposed = t["whatif_exposed"].format(curve=fixed(by_curve, 2))
    if before.area_m2 is not None and after.area_m2 is not None:
        exposed += t["whatif_exposed_terrain"].format(
            terrain=fixed((before.area_m2 - after.area_m2) / 1e6, 2)
        )
    return SupplyView(
        demand=view.demand,
        to=view.to,
        marked=view.marked,
        answer=answer,
        bounds=t["whatif_supply_bounds"].format(
            least=fixed(found.least_days, digits),
            most=fixed(found.most_days, digits),
            level=plain(asked.start_error_m),
        ),
        exposed=exposed,
    )


def build(add_input: Callable[..., None]) -> None:
    """Add the section; ``add_input`` adds a field of the panel."""
    with html.Details(classes="whatif-series"):
        html.Summary("{{ t.whatif_supply }}")
        with html.Div(classes="whatif-fields"):
            for name, unit in (("demand", "t.unit_flow"), ("supply_to", "t.unit_level")):
                key = "to" if name == "supply_to" else name
                with html.Div(classes="whatif-row"):
                    html.Label(f"{{{{ t.whatif_{name} }}}}", raw_attrs=[f'for="whatif-{name}"'])
                    add_input(name, f"what_if.supply.{key}", f"trigger('what_if_set', ['{name}', $event])")
                    html.Span(f"{{{{ {unit} }}}}")
        with html.Div(classes="whatif-answer", raw_attrs=['aria-live="polite"']):
            html.B("{{ what_if.supply.answer }}")
            html.Span("{{ what_if.supply.bounds }}")
            html.Span("{{ what_if.supply.exposed }}", classes="whatif-exposed")
            html.Button(
                "{{ t.whatif_show_exposed }}",
                type="button",
                classes="tool",
                click="trigger('what_if_exposed')",
            )
            html.Button(
                "{{ t.whatif_unmark }}",
                v_if=("what_if.supply.marked",),
                type="button",
                classes="tool",
                click="trigger('what_if_unmark')",
            )
        html.P("{{ t.whatif_supply_note }}", classes="note")

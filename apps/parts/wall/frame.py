"""Head of the wall, and the frame of non-live scenes."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from trame.widgets import html

from apps.browser.module import WallAge, WallClock
from apps.parts import head, readout
from apps.parts.part import Part
from apps.parts.wall import drill_card
from apps.parts.wall.basin_view import WetView, wet_view
from apps.parts.wall.cards import NOT_LIVE
from apps.session.controller import Controller
from twin.basin import Basin
from twin.bilingual import Language


@dataclass(frozen=True, kw_only=True)
class ClockView:
    """Time zone of the clock, as an IANA name."""

    zone: str = "UTC"


def _clock(controller: Controller) -> Mapping[str, Any]:
    return {"wall_clock": ClockView(zone=controller.session.basin.site.time_zone)}


def build(parts: Sequence[Part]) -> None:
    """Add the head, and the frame with the mode's word."""
    del parts
    with html.Header(classes="wall-head"):
        with html.Div(classes="wall-brand"):
            html.H1("{{ head.name }}")
            html.Span("{{ t.synthetic }}", v_if=("head.synthetic",), classes="wall-synthetic")
        with html.Div(classes="wall-now", raw_attrs=['role="status"']):
            html.B("{{ t.mode_live }}", v_if=("!wall_mode.mode && !head.tone",), classes="wall-mode-live")
            with html.B(v_if=("!wall_mode.mode && head.tone === 'stale'",), classes="wall-mode-stale"):
                html.Span("{{ head.mode }}")
                html.Span("{{ head.note }}")
        with html.Div(v_if=("situation.oldest.id",), classes="wall-oldest"):
            html.Span("{{ t.wall_oldest.replace('{what}', situation.oldest.label) }}")
            WallAge(age=("situation_ages[situation.oldest.id]",), t=("t",))
        WallClock(zone=("wall_clock.zone",), language=("language",))
    with html.Div(
        v_if=(NOT_LIVE,), classes=("'wall-frame frame-' + wall_mode.mode",), raw_attrs=['role="status"']
    ):
        with html.Div(classes="wall-frame-tab"):
            html.B("{{ wall_mode.word }}")
            html.Span("{{ wall_mode.note }}", v_if=("wall_mode.note",))


def scene_figures() -> None:
    """Add figures of the scene's own moment, unless it is live."""
    with html.Section(
        v_if=(f"{NOT_LIVE} && readout.figures.length",),
        classes=("'wall-scene frame-' + wall_mode.mode",),
        raw_attrs=[':aria-label="wall_mode.word"'],
    ):
        html.B("{{ wall_mode.word }}", classes="wall-scene-mode")
        with html.P(v_for=("figure in readout.figures.slice(0, 3)",), key=("figure.id",)):
            html.Span("{{ figure.label }}")
            html.B("{{ figure.value }}")
            html.I("{{ figure.unit }}")
        with html.P(v_if=("wall_wet.certain",), raw_attrs=['data-figure="villages"']):
            html.Span("{{ t.wall_villages }}")
            for kind in ("certain", "possible"):
                html.B(f"{{{{ wall_wet.{kind} }}}}")
                html.I(f"{{{{ t.wall_{kind} }}}}")
        drill_card.figures()
        html.P(
            "{{ remark }}", v_for=("remark in readout.remarks",), key=("remark",), classes="wall-scene-remark"
        )


HEAD = replace(
    head.PART,
    state={"head": head.HeadView(), "wall_clock": ClockView()},
    client_only=("head",),
    view=_clock,
    build_of=build,
)
"""The desk's head in the wall's clothes: what it says travels with the picture."""


@lru_cache(maxsize=8)
def _wet(basin: Basin, level_m: float, highest_m: float, language: Language) -> WetView:
    """Kept: a picture's figures are asked for with every frame, a level changes seldom."""
    return wet_view(basin, level_m, highest_m, language)


def _scene_caption(controller: Controller) -> Mapping[str, Any]:
    session, moment = controller.session, controller.session.scene.moment
    view = WetView()
    if not moment.is_live:
        view = _wet(session.basin, moment.level_m, moment.highest_m, controller.language)
    return {"readout": readout.view(session, controller.language), "wall_wet": view}


SCENE_FIGURES = Part(
    id="readout",
    state={"readout": readout.ReadoutView(), "wall_wet": WetView()},
    caption=_scene_caption,
    client_only=("readout", "wall_wet"),
    build=scene_figures,
)

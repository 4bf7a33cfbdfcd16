"""Head of the page: the basin, and the kind of moment."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from trame.widgets import html

from apps.ages import age
from apps.browser.module import LiveChip, MoreElement
from apps.formatting import written
from apps.parts.part import Part, ToolGroup
from apps.session.controller import Controller
from apps.session.origins import why_held
from apps.texts import texts
from twin.bilingual import Language
from twin.stations.freshness import Freshness

if TYPE_CHECKING:
    from apps.session.live_level import LiveLevel
    from apps.session.session import Session
    from twin.catalog import Catalog


GROUPS: tuple[ToolGroup, ...] = ("view", "work", "share", "page")
"""Groups of the menu, in their order."""


@dataclass(frozen=True, kw_only=True)
class HeadView:
    """Name of the basin and what kind of moment is shown.

    ``tone`` colours the frame, '' for none. ``live_time`` says of when the live water is, '' for none. A
    browser counts its age from ``live_since_s``, by the server's clock
    (:func:`apps.boot_clock.boot_clock_s`); older than ``live_stale_s`` the level does not tell the present.
    ``can_follow``: there is a live to go to.
    """

    name: str = ""
    title: str = ""
    synthetic: bool = False
    tone: str = ""
    mode: str = ""
    note: str = ""
    live_time: str = ""
    live_since_s: float | None = None
    live_stale_s: float | None = None
    live_tone: Literal["", "fresh", "old"] = ""
    can_follow: bool = False


def view(catalog: Catalog, session: Session | None, language: Language) -> HeadView:
    """Return the head's state.

    Before the basin is open there is no session, and no frame.
    """
    t, name = texts(language), catalog.head.name
    basic = HeadView(
        name=name[language],
        title=t["title"].format(name=name[language]),
        synthetic=catalog.head.synthetic,
    )
    if session is None:
        return basic
    live = session.live
    if live is not None:
        basic = replace(basic, can_follow=not session.scene.moment.is_live)
    if session.scene.moment.is_live and live is not None:
        return _live(basic, session, live, language)
    note = t["mode_not_live"]
    if session.obstacle is not None and (session.awaits_live or live is None):
        note = f"{note} · {why_held(session, session.obstacle, language)}"
    mode = "mode_" + session.scene.moment.mode.replace("-", "_")
    if session.replaying and session.flood is not None:
        note = f"{session.flood.name[language]} · {note}"
    elif session.scene.moment.valid_at is not None:
        mode = "mode_past" if session.scene.moment.mode == "history" else mode
        kept = t["mode_link_live"] if session.was_live else ""
        run = session.scene.moment.run or ""
        parts = (
            kept,
            written(session.scene.moment.valid_at, session.zone),
            session.run_notes.get(run, "" if session.scene.moment.mode == "what-if" else run),
            note,
        )
        note = " · ".join(part for part in parts if part)
    return replace(
        basic,
        tone=session.scene.moment.mode,
        mode=t[mode],
        note=note,
    )


def _live(basic: HeadView, session: Session, live: LiveLevel, language: Language) -> HeadView:
    """The present; where the gauge's newest report moves no water, in a frame that says why."""
    t = texts(language)
    time, how_old = written(live.at, session.zone), age(session.live_age_s, language)
    basic = replace(
        basic,
        live_time=time,
        live_since_s=None if session.live_since_s is None else round(session.live_since_s, 1),
        live_stale_s=live.stale_after_s,
    )
    held = session.obstacle
    if live.freshness is Freshness.FRESH and held is None:
        return replace(basic, live_tone="fresh")
    note = f"{time} · {how_old}"
    if held is not None:
        note = f"{why_held(session, held, language)} · {t['live_shown'].format(time=time, age=how_old)}"
    mode = t["live_stale"] if held is None else t[f"live_held_{held.cause}"]
    return replace(basic, live_tone="old", tone="stale", mode=mode, note=note)


def build(parts: Sequence[Part]) -> None:
    """Add the mode's frame, the title, and the parts' tools."""
    _frame()
    with html.Header(classes="head"):
        with html.Div(classes="brand"):
            with html.H1(raw_attrs=[':title="head.title"']):
                html.Span("{{ head.name }}")
                html.Span("{{ head.title.slice(head.name.length) }}", classes="brand-more")
            html.Span(
                "{{ t.synthetic }}",
                v_if=("head.synthetic",),
                classes="chip chip-synthetic",
                title=("t.synthetic_long",),
            )
        LiveChip(v_if=("head.live_time",), head=("head",), t=("t",))
        with html.Button(
            v_if=("head.can_follow",),
            type="button",
            classes="tool tool-live",
            title=("t.live_follow_hint",),
            click="trigger('follow_live')",
        ):
            html.I(classes="live-dot")
            html.Span("{{ t.live_follow }}")
        html.Span("{{ behind }}", v_if=("behind",), classes="chip chip-behind", raw_attrs=['role="status"'])
        html.Span(
            "{{ t.slow_line }}",
            v_if=("slow_line",),
            classes="chip chip-behind",
            title=("t.slow_line_hint",),
            raw_attrs=['role="status"'],
        )
        with html.Nav(classes="tools"):
            _tools(parts, "head")
            _menu(parts)


def _tools(parts: Sequence[Part], group: ToolGroup) -> None:
    for part in parts:
        if part.button is not None and part.tools == group:
            part.button()


def _menu(parts: Sequence[Part]) -> None:
    """The other tools, in groups; the menu's button is lit while a panel of theirs is open."""
    panels = [part.panel for part in parts if part.panel and part.button and part.tools != "head"]
    with MoreElement(label=("t.more",), hint=("t.more_hint",), lit=(f"{panels}.includes(panel)",)):
        for group in GROUPS:
            with html.Div(classes="more-group"):
                _tools(parts, group)


def _frame() -> None:
    """The coloured frame round everything that is not live."""
    with html.Div(v_if=("head.tone",), classes=("'frame frame-' + head.tone",), raw_attrs=['role="status"']):
        with html.Div(classes="frame-tab"):
            html.B("{{ head.mode }}")
            html.Span("{{ head.note }}", v_if=("head.note",))


def _caption(controller: Controller) -> Mapping[str, Any]:
    catalog = controller.session.basin.catalog
    return {"head": view(catalog, controller.session, controller.language)}


PART = Part(
    id="head",
    state={"head": HeadView(), "behind": "", "slow_line": False},
    caption=_caption,
    client_only=("head", "slow_line"),
    build_of=build,
)

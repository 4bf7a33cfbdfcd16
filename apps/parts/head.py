"""The head of the page: which basin, and which kind of moment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from apps.ages import age
from apps.formatting import written
from apps.parts.state import HeadView, Language
from apps.session.origins import why_held
from apps.texts import texts
from twin.stations.model import Freshness

if TYPE_CHECKING:
    from apps.session.live_level import LiveLevel
    from apps.session.session import Session
    from twin.catalog import Catalog


def view(catalog: Catalog, session: Session | None, language: Language, *, visitors: int) -> HeadView:
    """Before the basin is open there is no session, and no frame."""
    t, name = texts(language), catalog.head.name
    basic = HeadView(
        title=t["title"].format(name=name.zh if language == "zh" else name.en),
        synthetic=catalog.head.synthetic,
        visitors=visitors,
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
        parts = (
            kept,
            written(session.scene.moment.valid_at, session.zone),
            session.scene.moment.run or "",
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
    words = t["live_of"].format(time=time, age=how_old)
    basic = replace(
        basic,
        live=words,
        live_time=time,
        live_age_s=_whole(session.live_age_s),
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


def _whole(seconds: float | None) -> float | None:
    """Whole seconds: a page is told an age once a second, not with every other change."""
    return None if seconds is None else float(round(seconds))

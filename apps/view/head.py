"""The head of the page: which basin, and which kind of moment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from apps.view.ages import age
from apps.view.numbers import written
from apps.view.state import HeadView, Language
from apps.view.texts import texts
from twin.stations.model import Freshness

if TYPE_CHECKING:
    from apps.view.live_level import LiveLevel
    from apps.view.session import Session
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
        basic = replace(basic, can_follow=not session.moment.is_live)
    if session.moment.is_live and live is not None:
        return _live(basic, session, live, language)
    note = t["mode_not_live"]
    if session.replaying and session.flood is not None:
        note = f"{session.flood.name[language]} · {note}"
    elif session.moment.valid_at is not None:
        note = f"{written(session.moment.valid_at, session.zone)} · {note}"
    return replace(
        basic,
        tone=session.moment.mode,
        mode=t["mode_" + session.moment.mode.replace("-", "_")],
        note=note,
    )


def _live(basic: HeadView, session: Session, live: LiveLevel, language: Language) -> HeadView:
    """The present; where the gauge has grown silent, in a frame that says so."""
    t = texts(language)
    time, how_old = written(live.at, session.zone), age(session.live_age_s, language)
    words = t["live_of"].format(time=time, age=how_old)
    if live.freshness is Freshness.FRESH:
        return replace(basic, live=words, live_tone="fresh")
    return replace(
        basic, live=words, live_tone="old", tone="stale", mode=t["live_stale"], note=f"{time} · {how_old}"
    )

"""The time bar: where the replay is, what flowed then, and whether that was published or reconstructed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from apps.formatting import clock, fixed
from apps.parts.state import FigureView, Language, TimeView
from apps.session.flood_replay import SERIES, Flood, Series
from apps.session.playback import SPEEDS
from apps.session.session import Session
from apps.texts import texts


def view(session: Session, language: Language) -> TimeView:
    """The bar in a language; not available without a flood."""
    flood, playback = session.flood, session.playback
    if flood is None or playback is None:
        return TimeView()
    t, now, active = texts(language), session.flood_s, session.replaying
    return TimeView(
        available=True,
        active=active,
        name=flood.name[language],
        start=flood.start,
        end=flood.end,
        now=now,
        text=clock(now, session.zone) if active else "",
        playing=playback.playing,
        speed=playback.speed,
        speeds=list(SPEEDS),
        days=_days(session.zone, flood.start, flood.end),
        values=[_value(flood, series, now, t, active=active) for series in SERIES],
    )


def _value(flood: Flood, series: Series, now: float, t: dict[str, str], *, active: bool) -> FigureView:
    """A series at a time, marked on its own: what is published of one says nothing of the others."""
    found = flood.value(series, now)
    return FigureView(
        id=series,
        label=t[series],
        value=fixed(found.value, 2 if series == "level" else 0) if active else "",
        unit=t["unit_level" if series == "level" else "unit_flow"],
        tone=series,
        mark=t[f"at_{found.mark}"] if active else "",
        mark_tone=found.mark,
    )


@cache
def _days(zone: ZoneInfo, start: float, end: float) -> list[dict[str, Any]]:
    """Midnights between two times in a zone; the same for every picture."""
    day = datetime.fromtimestamp(start, UTC).astimezone(zone)
    day = day.replace(hour=0, minute=0, second=0, microsecond=0)
    out = []
    while (at := day.timestamp()) <= end:
        if at >= start:
            out.append({"at": at, "text": f"{day.month}/{day.day}"})
        day += timedelta(days=1)
    return out

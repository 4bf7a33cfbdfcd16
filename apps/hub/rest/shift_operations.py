"""Answer the shift log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from apps.hub.rest.basin_operations import BilingualName
from apps.hub.rest.declared import Ask, JsonAnswer, Parameters, operation
from apps.hub.rest.station_operations import stations_of
from apps.live.client import LiveAwayError
from twin.alarms.shift_entry import EntryKind


class MentionAnswer(JsonAnswer):
    """Alarm that an entry is about."""

    id: str
    station: str
    text: BilingualName


class SummaryAnswer(JsonAnswer):
    """Alarms at a change of shift, and changes since the last one."""

    standing: int
    open: int
    shelved: int
    raised: int
    acknowledged: int
    ended: int
    since: datetime | None


class ShiftAnswer(JsonAnswer):
    """Entry of the shift log."""

    number: int
    at: datetime
    kind: EntryKind
    by: str
    to: str = Field(description="Who takes over at a hand-over.")
    text: str
    alarms: list[MentionAnswer]
    link: str = Field(description="The scene that was shown; GET /scenes/LINK resolves it.")
    summary: SummaryAnswer | None


class ShiftLogAnswer(JsonAnswer):
    """Entries, oldest first, and the summary of now."""

    entries: list[ShiftAnswer]
    summary: SummaryAnswer


class ShiftLogParameters(Parameters):
    limit: Annotated[int, Field(ge=1, le=10_000, description="So many of the newest entries.")] = 100


@operation(
    "GET",
    "/shift-log",
    role="operate",
    parameters=ShiftLogParameters,
    answer=ShiftLogAnswer,
    refusals=(404, 409),
)
async def shift_log(ask: Ask, asked: ShiftLogParameters) -> ShiftLogAnswer:
    """List the newest entries of the shift log."""
    opened = await ask.opened()
    zone = ZoneInfo(opened.basin.site.time_zone)
    stations_of(opened.basin)
    if ask.hub.live is None:
        raise LiveAwayError("no live service runs")
    entries, summary = await ask.hub.live.client.shifts(asked.limit)
    return ShiftLogAnswer(
        entries=[
            ShiftAnswer(
                number=entry.number,
                at=entry.at.astimezone(zone),
                kind=entry.kind,
                by=entry.by,
                to=entry.to,
                text=entry.text,
                alarms=[
                    MentionAnswer(id=a.id, station=a.station, text=BilingualName(**a.text))
                    for a in entry.alarms
                ],
                link=entry.link,
                summary=None if entry.summary is None else SummaryAnswer(**vars(entry.summary)),
            )
            for entry in entries
        ],
        summary=SummaryAnswer(**vars(summary)),
    )

"""Answer standing alarms; acknowledge, shelve or unshelve one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from apps.hub.rest.basin_operations import BilingualName
from apps.hub.rest.declared import Ask, JsonAnswer, Operation, Parameters, operation, read_body
from apps.hub.rest.problems import NotThereError, ParameterError
from apps.hub.rest.station_operations import local, stations_of
from apps.live.client import LiveAwayError, LiveRefusedError
from apps.parts.alarms.alarm_actions import Note, Typed
from apps.parts.alarms.alarm_rows import doubt_of
from apps.texts import texts
from twin.alarms.operating import Act, AlarmOperation
from twin.stations.properties import PROPERTIES, property_of
from twin.stations.snapshot import AlarmState, Tone

if TYPE_CHECKING:
    from apps.live.live_feed import LiveFeed
    from twin.basin import Basin
    from twin.stations.snapshot import AlarmNow


class AlarmAnswer(JsonAnswer):
    """Standing alarm."""

    id: str
    rule: str
    station: str
    datastream: str
    rank: int = Field(description="1 is the gravest, 4 a notice.")
    tone: Tone
    state: AlarmState
    text: BilingualName
    raised_at: datetime
    changed_at: datetime
    value: float | None
    limit: float | None
    unit: str = Field(description="Of value and limit.")
    by: str = Field(description="Who acknowledged or shelved it.")
    note: str = Field(description="What was said then.")
    until: datetime | None = Field(description="When a shelved one comes back.")
    group: str = Field(description="Event that it belongs to.")


class AlarmsAnswer(JsonAnswer):
    """Standing alarms, the gravest first.

    Where `known` is false an empty list does not mean that there are none; `note` says why.
    """

    known: bool
    note: str
    heard_at: datetime | None
    alarms: list[AlarmAnswer]


@operation("GET", "/alarms", answer=AlarmsAnswer, refusals=(404,))
async def alarms(ask: Ask, _: Parameters) -> AlarmsAnswer:
    """List standing alarms."""
    opened = await ask.opened()
    return await ask.work(_alarms, ask, opened.basin)


def _alarms(ask: Ask, basin: Basin) -> AlarmsAnswer:
    t, zone = texts(ask.language), ZoneInfo(basin.site.time_zone)
    feed, seen = ask.hub.live, _visible(ask, basin)
    if feed is None or feed.client.now is None:
        return AlarmsAnswer(known=False, note=t["alarms_unknown"], heard_at=None, alarms=[])
    client = feed.client
    doubt = doubt_of(client.now)
    note = t[f"alarms_{doubt}"] if doubt else ""
    if not client.connected:
        note = t["live_away"]
    return AlarmsAnswer(
        known=not note,
        note=note,
        heard_at=local(client.heard_at, zone),
        alarms=[_alarm(alarm, zone) for alarm in sorted(seen.values(), key=lambda a: (a.rank, a.raised_at))],
    )


def _visible(ask: Ask, basin: Basin) -> dict[str, AlarmNow]:
    """Alarms of stations that the visitor may see, and of feeds, by id."""
    network, feed = stations_of(basin), ask.hub.live
    now = None if feed is None else feed.client.now
    known = () if now is None else now.alarms
    return {alarm.id: alarm for alarm in known if not alarm.station or alarm.station in network.stations}


def _alarm(alarm: AlarmNow, zone: ZoneInfo) -> AlarmAnswer:
    kind = PROPERTIES.get(property_of(alarm.datastream))
    return AlarmAnswer(
        id=alarm.id,
        rule=alarm.rule,
        station=alarm.station,
        datastream=alarm.datastream,
        rank=alarm.rank,
        tone=alarm.tone,
        state=alarm.state,
        text=BilingualName(**alarm.text),
        raised_at=alarm.raised_at.astimezone(zone),
        changed_at=alarm.changed_at.astimezone(zone),
        value=alarm.value,
        limit=alarm.limit,
        unit="" if kind is None else kind.shown,
        by=alarm.by,
        note=alarm.note,
        until=local(alarm.until, zone),
        group=alarm.group,
    )


class AlarmParameters(Parameters):
    id: Annotated[str, Field(min_length=1, max_length=200, description="Id of a standing alarm.")]


class Acknowledgement(BaseModel):
    """Name of who acknowledges, where nobody signs in.

    Elsewhere it is who is signed in. ``note`` is a remark.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    by: Typed = ""
    note: Note = ""


class Shelving(Acknowledgement):
    """Hours for which an alarm is shelved, by whom and why."""

    hours: Annotated[float, Field(gt=0, le=72)] = 8.0


def _action(act: Act, body: type[Acknowledgement], words: str) -> Operation:
    """Declare the operation that does something with one alarm."""

    async def act_on(ask: Ask, asked: AlarmParameters) -> AlarmsAnswer:
        return await _operate(ask, asked.id, act, await read_body(ask, body))

    act_on.__name__, act_on.__doc__ = act, words
    declared = operation(
        "POST",
        f"/alarms/{{id}}/{act}",
        role="operate",
        parameters=AlarmParameters,
        body=body,
        answer=AlarmsAnswer,
        refusals=(404, 409, 413, 415),
    )
    return declared(act_on)


ACTIONS = (
    _action("acknowledge", Acknowledgement, "Acknowledge an alarm; it is durable before the answer."),
    _action("shelve", Shelving, "Shelve an alarm for some hours; it is durable before the answer."),
    _action("unshelve", Acknowledgement, "End the shelving of an alarm; it is durable before the answer."),
)


async def _operate(ask: Ask, alarm: str, act: Act, body: Acknowledgement) -> AlarmsAnswer:
    opened = await ask.opened()
    feed: LiveFeed | None = ask.hub.live
    if alarm not in await ask.work(_visible, ask, opened.basin):
        raise NotThereError(alarm)
    if feed is None:
        raise LiveAwayError("no live service runs")
    by = ask.visitor.name or body.by
    if ask.visitor.name and body.by not in ("", ask.visitor.name):
        raise ParameterError("by", "is who is signed in; leave it out", "即登录者本人，请勿填写")
    if not by:
        raise ParameterError("by", "say who does this: nobody is signed in", "未登录，请写明处理人")
    until = datetime.now(UTC) + timedelta(hours=body.hours) if isinstance(body, Shelving) else None
    outcome = await feed.client.operate(
        AlarmOperation(act=act, alarms=(alarm,), by=by, note=body.note, until=until)
    )
    for reason in outcome.refused.values():
        raise LiveRefusedError(str(reason), reason_zh=reason.zh)
    record = partial(ask.hub.audit.record, ask.visitor, "operated", what=act)
    await asyncio.to_thread(record, alarm=alarm, by=by, note=body.note)
    return await ask.work(_alarms, ask, opened.basin)

"""Lifecycle of alarms, as in ISA-18.2.

No clock, no store, nothing but the rules of how states follow.

::

    nothing ──raised──▶ unacknowledged ──acknowledged──▶ acknowledged ──ended──▶ nothing
                          │      ▲                            │
                        ended  raised                      graver
                          ▼      │                            ▼
                        returned ─┘                    unacknowledged
                          └──acknowledged──▶ nothing

An alarm that was put aside ("shelved") comes back when its time is over, if there is still a reason. Every
change is a value; folding the changes gives the lifecycle again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from twin.errors import TwinError
from twin.stations.snapshot import AlarmNow, Tone


class AlarmError(TwinError):
    """Alarm is unknown, or cannot be changed so."""

    zh = "这条报警已结束，或已有人处理，请以最新列表为准"


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Result of a rule for a station at a time.

    ``holds``: there is a reason for an alarm (True), there is none (False), nobody can tell (None: a standing
    alarm stays, no new one is raised). ``hysteresis`` lies in the rule: between its two limits it says None.
    """

    rule: str
    station: str
    datastream: str
    holds: bool | None
    at: datetime
    rank: int
    text: Mapping[str, str]
    value: float | None = None
    limit: float | None = None
    on_delay: timedelta = timedelta(0)
    off_delay: timedelta = timedelta(0)
    group: str = ""
    signal: Tone = ""

    @property
    def key(self) -> str:
        return f"{self.rule}@{self.station}"


@dataclass(frozen=True, kw_only=True)
class Change:
    """Line of the alarms' log.

    ``alarm`` is None where it is over.
    """

    id: str
    what: str
    at: datetime
    by: str = ""
    note: str = ""
    alarm: AlarmNow | None = None


@dataclass
class _Pending:
    """Since when an evaluation has been another than what stands."""

    holds: bool
    since: datetime


class AlarmLifecycle:
    """Standing alarms of one world: the live one, or a run's."""

    def __init__(self) -> None:
        self._standing: dict[str, AlarmNow] = {}
        self._active: dict[str, bool] = {}
        self._until: dict[str, datetime] = {}
        self._pending: dict[str, _Pending] = {}

    @property
    def standing(self) -> Mapping[str, AlarmNow]:
        """Standing alarms by id."""
        return self._standing

    def fold(self, changes: Iterable[Change]) -> None:
        """Take over what was recorded before."""
        for change in changes:
            self._put(change)
            if change.alarm is not None:
                self._active[change.id] = change.alarm.state not in ("returned",)

    def update(self, evaluation: Evaluation) -> Change | None:
        """Apply an evaluation; return the change it makes, if any."""
        key, at = evaluation.key, evaluation.at
        if evaluation.holds is None:
            self._pending.pop(key, None)
            return None
        active = self._active.get(key, False)
        if evaluation.holds == active:
            self._pending.pop(key, None)
            return self._graver(key, evaluation) if active else None
        pending = self._pending.get(key)
        if pending is None or pending.holds != evaluation.holds or at < pending.since:
            pending = self._pending[key] = _Pending(evaluation.holds, at)
        delay = evaluation.on_delay if evaluation.holds else evaluation.off_delay
        if at - pending.since < delay:
            return None
        del self._pending[key]
        self._active[key] = evaluation.holds
        return self._raise(key, evaluation) if evaluation.holds else self._end(key, at)

    def acknowledge(self, id_: str, *, by: str, at: datetime, note: str = "") -> Change:
        """Acknowledge an alarm in a person's name.

        Raises AlarmError.
        """
        alarm = self._get(id_)
        if alarm.state == "returned":
            return self._put(Change(id=id_, what="acknowledged", at=at, by=by, note=note))
        if alarm.state != "unacknowledged":
            raise AlarmError(f"the alarm {id_} is {alarm.state} already", id=id_)
        seen = replace(alarm, state="acknowledged", by=by, note=note, changed_at=at)
        return self._put(Change(id=id_, what="acknowledged", at=at, by=by, note=note, alarm=seen))

    def shelve(self, id_: str, *, by: str, at: datetime, until: datetime, note: str = "") -> Change:
        """Shelve an alarm until a time.

        Raises AlarmError.
        """
        alarm = self._get(id_)
        if alarm.state == "shelved":
            raise AlarmError(f"the alarm {id_} is {alarm.state} already", id=id_)
        if until <= at:
            raise AlarmError("an alarm is put aside until a time to come", id=id_)
        aside = replace(alarm, state="shelved", by=by, note=note, until=until, changed_at=at)
        self._until[id_] = until
        what = f"shelved until {until.isoformat()}"
        return self._put(Change(id=id_, what=what, at=at, by=by, note=note, alarm=aside))

    def unshelve(self, id_: str, *, by: str, at: datetime, note: str = "") -> Change:
        """Unshelve an alarm before its time.

        It comes back if there is still a reason, else it ends. Raises AlarmError.
        """
        alarm = self._get(id_)
        if alarm.state != "shelved":
            raise AlarmError(f"the alarm {id_} is not shelved, it is {alarm.state}", id=id_)
        self._until.pop(id_, None)
        back = self._unshelved(alarm, at)
        return self._put(Change(id=id_, what="unshelved", at=at, by=by, note=note, alarm=back))

    @property
    def aside(self) -> Mapping[str, datetime]:
        """End of shelving by alarm id."""
        return self._until

    def tick(self, at: datetime) -> list[Change]:
        """Unshelve alarms whose time is over."""
        return self.expire([id_ for id_, until in self._until.items() if until <= at], at)

    def expire(self, ids: Iterable[str], at: datetime) -> list[Change]:
        """End the shelving of alarms: back if still a reason, else ended."""
        changes = []
        for id_ in ids:
            if self._until.pop(id_, None) is None:
                continue
            alarm = self._standing.get(id_)
            if alarm is None or alarm.state != "shelved":
                continue
            changes.append(
                self._put(Change(id=id_, what="unshelved", at=at, alarm=self._unshelved(alarm, at)))
            )
        return changes

    def _unshelved(self, alarm: AlarmNow, at: datetime) -> AlarmNow | None:
        """The alarm as it must be seen anew; None where its reason is gone."""
        if not self._active.get(alarm.id):
            return None
        return replace(alarm, state="unacknowledged", by="", note="", until=None, changed_at=at)

    def put_back(self, id_: str, alarm: AlarmNow | None) -> None:
        """Undo what could not be recorded."""
        if alarm is None:
            self._standing.pop(id_, None)
        else:
            self._standing[id_] = alarm
        self._until.pop(id_, None)
        if alarm is not None and alarm.state == "shelved" and alarm.until is not None:
            self._until[id_] = alarm.until

    # -- inner ----------------------------------------------------------------------------------------

    def _raise(self, key: str, j: Evaluation) -> Change:
        alarm = AlarmNow(
            id=key,
            station=j.station,
            datastream=j.datastream,
            rule=j.rule,
            rank=j.rank,
            state="unacknowledged",
            text=j.text,
            raised_at=j.at,
            changed_at=j.at,
            value=j.value,
            limit=j.limit,
            group=j.group,
            signal=j.signal,
        )
        before = self._standing.get(key)
        if before is not None and before.state == "shelved":
            alarm = replace(alarm, state="shelved", by=before.by, note=before.note, until=before.until)
        return self._put(Change(id=key, what="raised", at=j.at, alarm=alarm))

    def _end(self, key: str, at: datetime) -> Change | None:
        alarm = self._standing.get(key)
        if alarm is None:
            return None
        if alarm.state == "unacknowledged":
            returned = replace(alarm, state="returned", changed_at=at)
            return self._put(Change(id=key, what="returned", at=at, alarm=returned))
        if alarm.state == "shelved":
            return None  # it goes when its time is over
        return self._put(Change(id=key, what="ended", at=at))

    def _graver(self, key: str, j: Evaluation) -> Change | None:
        """An alarm that has become graver must be seen again; one less grave keeps its rank until it ends."""
        alarm = self._standing.get(key)
        if alarm is None or j.rank >= alarm.rank:
            return None
        aside = alarm.state == "shelved"
        graver = replace(
            alarm,
            rank=j.rank,
            text=j.text,
            value=j.value,
            limit=j.limit,
            signal=j.signal,
            state="shelved" if aside else "unacknowledged",
            changed_at=j.at,
            by=alarm.by if aside else "",
            note=alarm.note if aside else "",
        )
        return self._put(Change(id=key, what="graver", at=j.at, alarm=graver))

    def _get(self, id_: str) -> AlarmNow:
        alarm = self._standing.get(id_)
        if alarm is None:
            raise AlarmError(f"there is no alarm {id_} now; it may be over", id=id_)
        return alarm

    def _put(self, change: Change) -> Change:
        if change.alarm is None:
            self._standing.pop(change.id, None)
            self._until.pop(change.id, None)
        else:
            self._standing[change.id] = change.alarm
            if change.what.startswith("shelved until "):
                self._until[change.id] = datetime.fromisoformat(change.what.removeprefix("shelved until "))
        return change

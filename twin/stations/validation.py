"""Validate readings of feeds; store them; then publish.

Each is checked or refused, and what is good is kept. Nothing in a reading is trusted. What is refused is
counted by feed and reason; the last of it can be read.
"""

from __future__ import annotations

import math
import reprlib
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from twin.quantity import Quality
from twin.stations.clock_agreement import ClockAgreement, Verdict
from twin.stations.clocks import Clocks, SystemClocks
from twin.stations.doubts import Doubts, Lake
from twin.stations.intake import Receipt
from twin.stations.model import Datastream, Observation, Reading, StationKind
from twin.stations.network import Network
from twin.stations.properties import PROPERTIES
from twin.stations.quality import QualityControl
from twin.stations.refusals import Refusal, RefusalLog
from twin.stations.snapshot import RefusalNow
from twin.stations.store.writing import Appended
from twin.stations.units import UnitError, in_own_unit
from twin.written_time import UnreadTime

Keep = Callable[[Sequence[Observation]], Awaitable[Appended]]
"""Keeps observations durably; the store's group writer."""

FUTURE = timedelta(minutes=5)
"""A station's clock may be ahead of ours by so much."""
AHEAD = timedelta(hours=25)
"""A time ahead by more than FUTURE, up to this (a wrong hour, zone or day on either side), makes its value
suspect: which of the two clocks is wrong cannot be told yet. Beyond it the value is refused."""
BEHIND = timedelta(days=400)
"""A station that says it sends now and is behind by more has lost its clock: its values are suspect."""
ANCIENT = datetime(1950, 1, 1, tzinfo=UTC)
SHOWN_CHARACTERS = 300
STATION_CHARACTERS = 40


class _RefusedError(Exception):
    """Carries the slug of the reason; never leaves this file."""


class Validation:
    """Validating :class:`twin.stations.intake.Intake`.

    ``on_stored`` is called with what is new, after it is durable. ``own_time``: feeds whose values bear this
    machine's time, which say nothing of its clock.
    """

    def __init__(
        self,
        network: Network,
        keep: Keep,
        *,
        clocks: Clocks | None = None,
        lake: Lake | None = None,
        own_time: Collection[str] = (),
    ) -> None:
        self._network = network
        self._keep = keep
        self._own_time = frozenset(own_time)
        self._clocks = clocks or SystemClocks()
        self._opened_at, self._opened_s = self._clocks.now(), self._clocks.elapsed_s()
        self._quality_control = QualityControl()
        self._agreement = ClockAgreement()
        self._kinds: dict[str, StationKind] = {id_: s.kind for id_, s in network.stations.items()}
        self._listeners: list[Callable[[Sequence[Observation]], None]] = []
        self.accepted: Counter[str] = Counter()
        self._doubts = Doubts(network.stations, lake)
        self._refusals = RefusalLog()

    def on_stored(self, call: Callable[[Sequence[Observation]], None]) -> None:
        """Register ``call`` for new, durable observations."""
        self._listeners.append(call)

    async def deliver(self, feed: str, readings: Sequence[Reading]) -> Receipt:
        """Validate readings; see :class:`twin.stations.intake.Intake`."""
        received_at = self._clocks.now()
        good: list[Observation] = []
        for reading in readings:
            try:
                observation = self._checked(feed, reading, received_at)
                good.append(observation)
                if feed not in self._own_time:
                    self._note_clock(reading, observation)
            except _RefusedError as error:
                self.refuse(feed, str(error), _shown(reading), station=_station(reading.station))
        appended = await self._keep(good) if good else Appended()
        for observation in appended.too_old:
            station = self._network.datastreams[observation.datastream].station
            self.refuse(feed, "thinned", _kept_no_more(observation), station=station)
        self.accepted[feed] += len(appended.stored)
        if appended.stored:
            for call in self._listeners:
                call(appended.stored)
        return Receipt(
            accepted=len(appended.stored),
            refused=len(readings) - len(good) + len(appended.too_old),
        )

    def refuse(self, feed: str, reason: str, message: bytes | str, *, station: str = "") -> None:
        """Refuse a message; see :class:`twin.stations.intake.Intake`."""
        refusal = Refusal(
            at=self._clocks.now(),
            reason=reason,
            message=_printable(message),
            station=_printable(station)[:STATION_CHARACTERS],
        )
        self._refusals.note(feed, refusal, now_s=self._clocks.elapsed_s())

    def refused(self, feed: str) -> Mapping[str, int]:
        """Return counts of a feed's refusals, by reason."""
        return self._refusals.counts(feed)

    def refusals(self, feed: str) -> list[Refusal]:
        """Return the last refusals of a feed, oldest first."""
        return self._refusals.last(feed)

    def listed_refusals(self, feed: str) -> tuple[RefusalNow, ...]:
        """Return a feed's newest refusals by reason and station."""
        return self._refusals.listed(feed)

    def clock(self) -> Verdict:
        """Return the stations' verdict on this machine's clock.

        ``clock_slow``, ``clock_fast`` or ''.
        """
        return self._agreement.verdict(now_s=self._clocks.elapsed_s(), stepped_s=self._stepped_s())

    # -- checks ---------------------------------------------------------------------------------------

    def _checked(self, feed: str, reading: Reading, received_at: datetime) -> Observation:
        stream = self._stream(reading)
        value = _value(reading, stream)
        phenomenon_at = _time(reading.phenomenon_at, "bad-time")
        if phenomenon_at > received_at + AHEAD:
            raise _RefusedError("future")
        if phenomenon_at < ANCIENT:
            raise _RefusedError("ancient")
        result_at = None if reading.result_at is None else _time(reading.result_at, "bad-result-time")
        doubt = self._doubt_of_time(reading, phenomenon_at, received_at) or reading.doubt
        doubt = doubt or self._doubts.about(stream, value, phenomenon_at)
        if doubt:  # and no later value is judged by this one
            quality, reason = _doubted(value, doubt)
        else:
            quality, reason = self._quality_control.check(
                stream, self._kinds[stream.station], value, phenomenon_at
            )
        if quality == "good":
            self._doubts.trust(stream, value)
        return Observation(
            datastream=stream.id,
            phenomenon_at=phenomenon_at,
            received_at=received_at,
            value=value,
            quality=quality,
            reason=reason,
            feed=feed,
            result_at=result_at,
        )

    def _doubt_of_time(self, reading: Reading, phenomenon_at: datetime, received_at: datetime) -> str:
        if phenomenon_at > received_at + FUTURE:
            return "future"
        if reading.sent_at is None:
            return ""
        lost = reading.sent_at < received_at - BEHIND
        now_s = self._clocks.elapsed_s()
        return "station-clock" if lost or self._agreement.is_behind(reading.station, now_s=now_s) else ""

    def _stepped_s(self) -> float:
        """By how much our time of day has been set since the start."""
        set_to = self._clocks.now() - self._opened_at
        return set_to.total_seconds() - (self._clocks.elapsed_s() - self._opened_s)

    def _note_clock(self, reading: Reading, kept: Observation) -> None:
        """Offset of the station's clock: of the time it sent, else of a value's that is not from the past.

        An old value tells nothing of a clock: it may have waited on its way.
        """
        told_at = kept.phenomenon_at if reading.sent_at is None else reading.sent_at
        offset = told_at - kept.received_at
        offset_s, now_s = offset.total_seconds() + self._stepped_s(), self._clocks.elapsed_s()
        if reading.sent_at is not None:
            self._agreement.note_sent(reading.station, offset_s, now_s=now_s)
        elif offset >= -FUTURE:
            self._agreement.note(reading.station, offset_s, now_s=now_s, at_least=True)

    def _stream(self, reading: Reading) -> Datastream:
        if not isinstance(reading.station, str) or reading.station not in self._kinds:
            raise _RefusedError("unknown-station")
        if not isinstance(reading.property, str):
            raise _RefusedError("unknown-property")
        stream = self._network.find(reading.station, reading.property)
        if stream is None:
            raise _RefusedError("unknown-property")
        return stream


def _doubted(value: float | None, doubt: str) -> tuple[Quality, str]:
    return ("missing" if value is None else "suspect"), doubt


def _value(reading: Reading, stream: Datastream) -> float | None:
    value = reading.value
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _RefusedError("no-number")
    try:
        number = float(value)
    except OverflowError:
        raise _RefusedError("not-finite") from None
    if not math.isfinite(number):
        raise _RefusedError("not-finite")
    if reading.unit is not None and not isinstance(reading.unit, str):
        raise _RefusedError("bad-unit")
    if reading.unit is not None and not reading.unit.strip():
        if PROPERTIES[stream.property].unit != "dimensionless":
            raise _RefusedError("no-unit")
        return _possible(number, stream)
    try:
        number = in_own_unit(number, reading.unit, stream.property)
    except UnitError:
        raise _RefusedError("bad-unit") from None
    return _possible(number, stream)


def _possible(number: float, stream: Datastream) -> float:
    kind = PROPERTIES[stream.property]
    if not kind.lowest <= number <= kind.highest:  # NaN and infinities as well
        raise _RefusedError("impossible")
    return number


def _time(value: object, reason: str) -> datetime:
    """An aware datetime in UTC, from one or from a text in ISO 8601 with a zone."""
    if isinstance(value, UnreadTime):
        raise _RefusedError(value.reason)
    try:
        if isinstance(value, str):
            if len(value) > 40:
                raise ValueError
            value = datetime.fromisoformat(value)
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise ValueError
        return value.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _RefusedError(reason) from None


def _shown(reading: Reading) -> str:
    """A reading in short, whatever is in it."""
    parts = (reading.station, reading.property, reading.value, reading.unit, reading.phenomenon_at)
    return ", ".join(_short(part) for part in parts)


def _station(told: object) -> str:
    """The code of a reading as it was told, for messages; '' where it is no text."""
    return told[:STATION_CHARACTERS] if isinstance(told, str) else ""


def _kept_no_more(o: Observation) -> str:
    """An observation of an hour that is kept as an hour only, in short."""
    return f"{o.datastream}, {o.value}, {o.phenomenon_at.isoformat()}"


def _short(part: object) -> str:
    if isinstance(part, datetime):
        return part.isoformat()
    try:
        return reprlib.repr(part)
    except (ValueError, RecursionError):  # a number of thousands of digits has no text
        return f"<{type(part).__name__}>"


def _printable(message: bytes | str) -> str:
    """The start of a message with nothing in it that a terminal or a page would act on."""
    if isinstance(message, bytes):
        message = message[: 2 * SHOWN_CHARACTERS].decode("utf-8", errors="backslashreplace")
    start = message[:SHOWN_CHARACTERS]
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in start)

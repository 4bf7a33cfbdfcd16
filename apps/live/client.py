"""Client of the live service, in a view.

What is known now, kept up to date; and queries. Where the service is away, the view says so and greys what it
shows: ages go on by the clock that no one sets and that goes on while the machine sleeps.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apps.boot_clock import boot_clock_s
from apps.live import protocol
from apps.live.server import read_address
from twin.alarms.operating import AlarmOperation, AlarmOutcome
from twin.alarms.shift_entry import ShiftEntry, ShiftSummary
from twin.errors import TwinError
from twin.stations.snapshot import Now, Past, ValueNow

logger = logging.getLogger(__name__)

AGAIN_S = 0.25
ANSWER_S = 15.0


class LiveAwayError(TwinError):
    """Live service cannot be reached now."""

    zh = "实时服务暂时无法连接，画面上的数值可能已过时"


class LiveRefusedError(TwinError):
    """Live service refused; ``reason_zh`` is the reason in Chinese."""

    zh = "实时服务未能完成操作：{reason_zh}"


class LiveClient:
    """Follows the live service of a store's ``folder``.

    ``on_change`` hears of every news.
    """

    def __init__(
        self,
        folder: Path,
        *,
        on_change: Callable[[], None] = lambda: None,
        clock_s: Callable[[], float] = boot_clock_s,
    ) -> None:
        self._folder = folder
        self.on_change = on_change
        self._clock_s = clock_s
        self._told_s: dict[str, float] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._ids = itertools.count(1)
        self.now: Now | None = None
        self.connected = False
        self._away = ""
        #: When the service was heard last, UTC; None before the first time.
        self.heard_at: datetime | None = None

    def elapsed_s(self, datastream: str) -> float:
        """Return seconds since a datastream's value was received.

        To be added to the age it had then.
        """
        return self._clock_s() - self._told_s.get(datastream, -1e12)

    async def run(self) -> None:
        """Follow until cancelled; comes back after every loss."""
        while True:
            try:
                await self._follow()
            except (
                OSError,
                TimeoutError,
                ValueError,
                asyncio.IncompleteReadError,
                protocol.ProtocolError,
            ) as error:
                self._log_away(str(error) or type(error).__name__)
            self._lose()
            await asyncio.sleep(AGAIN_S)

    def _log_away(self, why: str) -> None:
        """Log why the service is away, once for each reason and loss: it is tried four times a second."""
        if why != self._away:
            logger.info("the live service is away: %s", why)
        self._away = why

    async def past(self, datastream: str, start: datetime, end: datetime) -> Past:
        """Return a stretch of a datastream.

        Raises LiveAwayError, LiveRefusedError.
        """
        plain = await self._ask("past", datastream=datastream, start=start.isoformat(), end=end.isoformat())
        return protocol.past_of(plain)

    async def then(self, valid_at: datetime, known_at: datetime | None) -> dict[str, ValueNow]:
        """Return every datastream's value at a time.

        As known at another time (None: by now); see ``LiveSource``. Raises LiveAwayError, LiveRefusedError.
        """
        known = None if known_at is None else known_at.isoformat()
        plain = await self._ask("then", valid_at=valid_at.isoformat(), known_at=known)
        return protocol.values_of({"values": plain})

    async def operate(self, operation: AlarmOperation) -> AlarmOutcome:
        """Acknowledge, shelve or unshelve alarms; durable when this returns.

        Raises LiveAwayError, LiveRefusedError.
        """
        told: dict[str, Any] = {
            "act": operation.act,
            "alarms": list(operation.alarms),
            "by": operation.by,
            "note": operation.note,
        }
        if operation.until is not None:
            told["until"] = operation.until.isoformat()
        return protocol.outcome_of(await self._ask("operate", **told))

    async def write_shift(self, entry: ShiftEntry, alarms: Sequence[str] = ()) -> None:
        """Append an entry to the shift log; durable when this returns.

        Raises LiveAwayError, LiveRefusedError.
        """
        told = {"kind": entry.kind, "text": entry.text, "by": entry.by, "to": entry.to, "link": entry.link}
        await self._ask("write_shift", alarms=list(alarms), **told)

    async def shifts(self, most: int) -> tuple[list[ShiftEntry], ShiftSummary]:
        """Return the newest entries of the shift log, and a summary.

        Oldest first; the summary is of now. Raises LiveAwayError, LiveRefusedError.
        """
        return protocol.shifts_of(await self._ask("shifts", most=most))

    async def _ask(self, name: str, **what: Any) -> Any:
        writer = self._writer
        if writer is None:
            raise LiveAwayError("the live service is away; what is shown may be old")
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            writer.write(protocol.line({"ask": name, "id": number, **what}))
            async with asyncio.timeout(ANSWER_S):
                return await answer
        except TimeoutError:
            raise LiveAwayError("the live service does not answer; what is shown may be old") from None
        finally:
            self._answers.pop(number, None)

    async def _follow(self) -> None:
        address = read_address(self._folder)
        if address is None:
            raise ConnectionError("no address")
        port, secret = address
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=protocol.TOLD_BYTES)
        try:
            writer.write(secret.encode() + b"\n")
            while text := await self._line(reader):
                self._hear(protocol.document(text), writer)
        finally:
            writer.transport.abort()

    async def _line(self, reader: asyncio.StreamReader) -> bytes:
        async with asyncio.timeout(protocol.LOST_AFTER_S):  # wait_for may lose a cancellation in Python 3.11
            return await reader.readline()

    def _hear(self, told: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        if "answer" in told:
            answer = self._answers.get(told["answer"])
            if answer is not None and not answer.done():
                if "error" in told:
                    answer.set_exception(LiveRefusedError(str(told["error"]), reason_zh=str(told["zh"])))
                else:
                    answer.set_result(told.get("ok"))
            return
        self.heard_at = datetime.now(UTC)
        if "now" in told:
            self.now = _merged(None, told["now"])
            self._told_s = dict.fromkeys(self.now.values, self._clock_s())
            self._writer, self.connected, self._away = writer, True, ""
        elif self.now is not None and "more" in told:
            if not told["more"]:
                return
            self.now = _merged(self.now, told["more"])
            self._told_s.update(dict.fromkeys(protocol.values_of(told["more"]), self._clock_s()))
        self.on_change()

    def _lose(self) -> None:
        self._writer = None
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(LiveAwayError("the live service is away; what is shown may be old"))
        if self.connected:
            self.connected = False
            with contextlib.suppress(Exception):
                self.on_change()


def _merged(before: Now | None, told: dict[str, Any]) -> Now:
    values, rain = protocol.values_of(told), protocol.rain_of(told)
    alarms, feeds = protocol.alarms_of(told), protocol.feeds_of(told)
    if before is None:
        if alarms is None or feeds is None:  # left out is not the same as none
            raise protocol.ProtocolError(
                "the live service told something that is not whole: no alarms, no feeds"
            )
        return Now(values=values, rain=rain, alarms=alarms, feeds=feeds, trouble=told.get("trouble", ""))
    return Now(
        values={**before.values, **values} if values else before.values,
        rain={**before.rain, **rain} if rain else before.rain,
        alarms=before.alarms if alarms is None else alarms,
        feeds=before.feeds if feeds is None else feeds,
        trouble=str(told.get("trouble", before.trouble)),
    )

"""Serve views of the live service.

Publishes what is known now to every view, and answers queries. A view that does not read is cut off; it costs
the others nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import logging
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from apps.live import protocol
from apps.live.source import LiveSource
from twin.alarms.operating import Act, AlarmOperation
from twin.alarms.shift_entry import EntryKind, ShiftEntry
from twin.errors import TwinError
from twin.scene import MAX_LINK
from twin.stations.snapshot import Now
from twin.strict_json import read_json

logger = logging.getLogger(__name__)

TELL_EVERY_S = 0.1
GREET_S = 5.0
MOST_QUESTIONS = 8
ADDRESS = "service.json"
MOST_ALARMS, NOTE_LENGTH = 1000, 500
MOST_SHIFTS, SHIFT_LENGTH = 10_000, 4000


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: int


class _AskPast(_Question):
    ask: Literal["past"]
    datastream: Annotated[str, Field(max_length=200)]
    start: AwareDatetime
    end: AwareDatetime


class _AskThen(_Question):
    ask: Literal["then"]
    valid_at: AwareDatetime
    known_at: AwareDatetime | None = None


class _AskOperate(_Question):
    ask: Literal["operate"]
    act: Act
    alarms: Annotated[
        list[Annotated[str, Field(max_length=200)]], Field(min_length=1, max_length=MOST_ALARMS)
    ]
    by: Annotated[str, Field(min_length=1, max_length=100)]
    note: Annotated[str, Field(max_length=NOTE_LENGTH)] = ""
    until: AwareDatetime | None = None


class _AskWriteShift(_Question):
    ask: Literal["write_shift"]
    kind: EntryKind
    text: Annotated[str, Field(max_length=SHIFT_LENGTH)]
    by: Annotated[str, Field(min_length=1, max_length=100)]
    to: Annotated[str, Field(max_length=100)] = ""
    alarms: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=MOST_ALARMS)] = []
    link: Annotated[str, Field(max_length=MAX_LINK)] = ""


class _AskShifts(_Question):
    ask: Literal["shifts"]
    most: Annotated[int, Field(ge=1, le=MOST_SHIFTS)]


_Asked = _AskPast | _AskThen | _AskOperate | _AskWriteShift | _AskShifts
_QUESTION: TypeAdapter[_Asked] = TypeAdapter(Annotated[_Asked, Field(discriminator="ask")])


class LiveServer:
    """Serves a source on the loopback.

    ``folder`` gets the address and the secret, for this user only.
    """

    def __init__(self, source: LiveSource, *, folder: Path) -> None:
        self._source = source
        self._folder = folder
        self._secret = secrets.token_hex(24)
        self._changed = asyncio.Event()
        self._views: set[_View] = set()
        source.on_change(self._wake)

    async def run(self) -> None:
        """Serve until cancelled."""
        # A server that starts at once is lost where this is cancelled just then (Python 3.11).
        server = await asyncio.start_server(
            self._meet, "127.0.0.1", 0, limit=protocol.QUESTION_BYTES, start_serving=False
        )
        async with server:
            await server.start_serving()
            try:
                port = server.sockets[0].getsockname()[1]
                write_address(self._folder, port=port, secret=self._secret)
                await self._publish()
            finally:
                forget_address(self._folder, secret=self._secret)
                for view in list(self._views):
                    view.cut()

    def _wake(self) -> None:
        self._changed.set()

    async def _publish(self) -> None:
        while True:
            # Python 3.11's wait_for loses a cancellation that comes as the event does: the service stayed.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(protocol.ALIVE_EVERY_S):
                    await self._changed.wait()
            self._changed.clear()
            now = self._source.now()
            for view in list(self._views):
                view.publish(now)
            await asyncio.sleep(TELL_EVERY_S)  # what changes faster is told together

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        view = _View(self._source, reader, writer)
        try:
            async with asyncio.timeout(GREET_S):
                greeting = await reader.readline()
            if not hmac.compare_digest(greeting.strip(), self._secret.encode()):
                return
            self._views.add(view)
            view.publish(self._source.now())
            await view.answer_all()
        except (TimeoutError, ConnectionError, ValueError, protocol.ProtocolError):
            pass  # gone, or none of ours
        finally:
            self._views.discard(view)
            view.cut()


class _View:
    """One connection."""

    def __init__(
        self, source: LiveSource, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._source, self._reader, self._writer = source, reader, writer
        self._known: Now | None = None
        self._questions: set[asyncio.Task[None]] = set()
        self._free = asyncio.Semaphore(MOST_QUESTIONS)

    def publish(self, now: Now) -> None:
        """Say what has changed; a view that has not read the last of it for long is cut off."""
        if self._writer.transport.get_write_buffer_size() > protocol.TOLD_BYTES:
            logger.warning("a view does not read what is told: cut off")
            self.cut()
            return
        word = "now" if self._known is None else "more"
        self._writer.write(protocol.line({word: protocol.changed(now, self._known)}))
        self._known = now

    def cut(self) -> None:
        for task in self._questions:
            task.cancel()
        self._writer.transport.abort()

    async def answer_all(self) -> None:
        while text := await self._reader.readline():
            await self._free.acquire()
            task = asyncio.create_task(self._answer(text))
            self._questions.add(task)
            task.add_done_callback(self._answered)

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._free.release()
        self._questions.discard(task)

    async def _answer(self, text: bytes) -> None:
        told: dict[str, Any] = {"answer": None}
        try:
            plain = protocol.document(text)
            told["answer"] = plain.get("id")
            told["ok"] = await self._ask(_QUESTION.validate_python(plain))
        except ValidationError:
            told |= {
                "error": "this is no question that the live service knows",
                "zh": "实时服务不认识这个请求",
            }
        except TwinError as error:
            told |= {"error": str(error), "zh": error.in_chinese()}
        except Exception:
            logger.exception("a question could not be answered")
            told |= {"error": "the live service failed; its log says why", "zh": "服务内部出错，原因见其日志"}
        self._writer.write(protocol.line(told))

    async def _ask(self, question: _Asked) -> Any:
        source = self._source
        if isinstance(question, _AskPast):
            return protocol.past_as_plain(
                await source.past(question.datastream, question.start, question.end)
            )
        if isinstance(question, _AskThen):
            return protocol.values_as_plain(await source.then(question.valid_at, question.known_at))
        if isinstance(question, _AskShifts):
            return protocol.shifts_as_plain(*await source.shifts(question.most))
        if isinstance(question, _AskWriteShift):
            entry = ShiftEntry(
                at=datetime.now(UTC),
                by=question.by,
                text=question.text,
                kind=question.kind,
                to=question.to,
                link=question.link,
            )
            await source.write_shift(entry, question.alarms)
            return None
        until = None if question.until is None else question.until.astimezone(UTC)
        operation = AlarmOperation(
            act=question.act,
            alarms=tuple(question.alarms),
            by=question.by,
            note=question.note,
            until=until,
        )
        return protocol.outcome_as_plain(await source.operate(operation))


def write_address(folder: Path, *, port: int, secret: str) -> None:
    """Write the service's address, readable by this user only."""
    folder.mkdir(exist_ok=True)
    partial = folder / f".{ADDRESS}.{os.getpid()}"
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        json.dump({"port": port, "secret": secret, "pid": os.getpid()}, stream)
    partial.replace(folder / ADDRESS)


def read_address(folder: Path) -> tuple[int, str] | None:
    """Read port and secret of a store's service, or None."""
    try:
        told = read_json(folder / ADDRESS)
        return int(told["port"]), str(told["secret"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def forget_address(folder: Path, *, secret: str) -> None:
    """Take the address away, unless another service has put its own there."""
    found = read_address(folder)
    if found is not None and found[1] == secret:
        (folder / ADDRESS).unlink(missing_ok=True)

"""Configure logging: one line a record, escaped, rate-limited, rotated.

What comes from outside (names, messages of browsers, values of feeds) stands in records as well: no formatter
lets a line break or a terminal's control character through.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from twin.disk import refusal
from twin.readable import readable

logger = logging.getLogger(__name__)

FORMAT = "%(levelname)s %(name)s: %(message)s"
SIZE_MB, COUNT = 20, 10
"""Size of a log file, and how many full ones are kept."""
WINDOW_S = 10.0
MOST = 20
"""Records of one kind (logger and text without data) that are written within WINDOW_S; more are counted."""
MOST_RELAYED = 500
"""The same of lines that a child process writes, and of what a build left out: they come many at once."""
RELAYED = frozenset({"apps.child_processes", "apps.build_process", "twin.live"})
MOST_KINDS = 1000
OURS = ("apps", "layers", "meshes", "twin")
"""Packages whose INFO is for operators; that of trame is thousands of lines a page."""

_configured: list[logging.Handler] = []

_BREAKS = "\x00-\x1f\x7f-\x9f\u2028\u2029"
_DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_CONTROL = re.compile(f"[{_BREAKS}{_DIRECTION}\ud800-\udfff]")
"""Control characters, other line breaks, marks that turn the direction of text, halves of characters."""


def escaped(text: str) -> str:
    """Escape control characters as ``\\\\u001b``, as JSON does."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", readable(text))


class LineFormatter(logging.Formatter):
    """Format a record as one line, its traceback indented."""

    def __init__(self) -> None:
        super().__init__(FORMAT)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        return escaped(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return "\n".join("    " + escaped(line) for line in super().formatException(ei).split("\n"))


class JsonLineFormatter(JsonFormatter):
    """Format a record as JSON: time (UTC), level, logger, message, traceback."""

    def __init__(self) -> None:
        super().__init__(
            "%(levelname)s %(name)s %(message)s",
            rename_fields={"timestamp": "time", "levelname": "level", "name": "logger"},
            timestamp=True,
            json_ensure_ascii=False,
            reserved_attrs=[*RESERVED_ATTRS, "written"],
        )

    def jsonify_log_record(self, log_data: Any) -> str:
        return escaped(super().jsonify_log_record(log_data))


class RateLimit(logging.Filter):
    """Limits records of a kind within a time; counts the others.

    The count is logged when the time is over. ``later`` calls a function after so many seconds.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        later: Callable[[float, Callable[[], None]], None] | None = None,
    ) -> None:
        super().__init__()
        self._clock = clock
        self._later = later or _after
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is written.

        Decided once, however many handlers share the filter.
        """
        decided: bool | None = getattr(record, "written", None)
        if decided is None:
            decided = record.name == __name__ or self._within(record)
            record.written = decided
        return decided

    def _within(self, record: logging.LogRecord) -> bool:
        kind = record.name, str(record.msg)[:200]
        most = MOST_RELAYED if record.name in RELAYED else MOST
        now_s = self._clock()
        with self._lock:
            if len(self._windows) > MOST_KINDS:
                self._windows.clear()
            since_s, count = self._windows.get(kind, (now_s, 0))
            if now_s - since_s >= WINDOW_S and count <= most:
                since_s, count = now_s, 0
            self._windows[kind] = since_s, count + 1
        if count == most:
            self._later(WINDOW_S - (now_s - since_s), lambda: self._sum_up(kind, most, record.levelno))
        return count < most

    def _sum_up(self, kind: tuple[str, str], most: int, level: int) -> None:
        with self._lock:
            _, count = self._windows.pop(kind, (0.0, most))
        if count > most:
            logger.log(level, "%s: %d more within %g s like %r", kind[0], count - most, WINDOW_S, kind[1])


def _after(seconds: float, call: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()


class LogFile(RotatingFileHandler):
    """File of JSON lines that only this user reads.

    Where it cannot be written, one line on standard error says so.
    """

    def __init__(self, path: Path, *, size_mb: float, count: int) -> None:
        self._failing = self._failed = False
        nbytes = round(size_mb * 1e6)
        super().__init__(path, maxBytes=nbytes, backupCount=count, encoding="utf-8", errors="replace")
        self.setFormatter(JsonLineFormatter())

    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            end = os.fstat(handle).st_size
            if end and os.pread(handle, 1, end - 1) != b"\n":
                os.write(handle, b"\n")  # a full disk has cut a line
        except OSError:
            os.close(handle)
            raise
        return os.fdopen(handle, "a", encoding="utf-8", errors="replace")

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; report the first that is lost."""
        self._failed = False
        super().emit(record)
        self._failing = self._failed

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        del record
        self._failed = True
        error = sys.exc_info()[1]
        if not self._failing and sys.stderr is not None:
            why = refusal(error) if isinstance(error, OSError) else error
            sys.stderr.write(f"twin: the log {self.baseFilename} cannot be written: {escaped(str(why))}\n")
        with contextlib.suppress(OSError):
            if self.stream is not None:
                self.stream.close()  # with what waits in it; the next record opens the file again
        self.stream = None


def configure_logging(
    *,
    level: int = logging.WARNING,
    file: Path | None = None,
    size_mb: float = SIZE_MB,
    count: int = COUNT,
) -> None:
    """Log to standard error, and to a rotated file.

    The former from ``level`` on, the latter from INFO on.
    The file has JSON lines; at ``size_mb`` it is renamed, and ``count`` old ones are kept. Raises
    SystemRefusalError where it cannot be opened.
    """
    errors = logging.StreamHandler()
    errors.setFormatter(LineFormatter())
    errors.setLevel(level)
    handlers: list[logging.Handler] = [errors]
    if file is not None:
        try:
            handlers.append(LogFile(file, size_mb=size_mb, count=count))
        except OSError as error:
            raise refusal(error, file, remedy="give --log a file that can be written") from None
    limit = RateLimit()
    root = logging.getLogger()
    while _configured:
        root.removeHandler(old := _configured.pop())
        old.close()
    root.setLevel(max(level, logging.WARNING))
    for package in OURS:
        logging.getLogger(package).setLevel(level if file is None else min(level, logging.INFO))
    for handler in handlers:
        handler.addFilter(limit)
        root.addHandler(handler)
        _configured.append(handler)

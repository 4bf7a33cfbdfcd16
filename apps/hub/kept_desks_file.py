"""Write kept desks to a SQLite file: they outlive the hub's process."""

from __future__ import annotations

import logging
import math
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from apps.hub.audit import keep_owner
from apps.session.views import Unit
from twin.bilingual import Language
from twin.disk import refusal
from twin.scene import MAX_LINK

logger = logging.getLogger(__name__)

FILE = "desks.sqlite"
BUSY_S = 5.0
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
_SCHEMA = """
CREATE TABLE IF NOT EXISTS desks (name TEXT PRIMARY KEY, at REAL NOT NULL, desk TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS desks_by_age ON desks (at);
"""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Link and settings by which a desk is resumed.

    ``owner`` is the name of who had signed in.
    """

    owner: str = ""
    link: str = ""
    language: Language = "zh"
    unit: Unit = "storage"
    panel: str = ""


_KEPT = TypeAdapter(Kept)


class KeptDesksFile:
    """SQLite file of kept desks, in WAL mode.

    What is written survives a kill of the process; a loss of power may cost the last writes (``synchronous``
    is NORMAL). A file that cannot be read is renamed to ``*.broken`` and replaced. ``clock`` gives seconds
    since 1970.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        # Once: a store that goes while it is used (unmounted, renamed) must not be made anew in its place.
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.RLock()

    @property
    def is_new(self) -> bool:
        """Whether there is no file."""
        return not self.path.exists()

    def read(self, *, younger_s: float, most: int) -> dict[str, tuple[Kept, float]]:
        """Read (desk, age in seconds) by name, oldest first.

        At most the ``most`` youngest. Never raises: what cannot be read is logged in one line.
        """
        if self.is_new:
            return {}
        try:
            with self._lock:
                rows = (
                    self._connected()
                    .execute("SELECT name, at, desk FROM desks ORDER BY at DESC LIMIT ?", (most,))
                    .fetchall()
                )
        except (sqlite3.Error, OSError) as error:
            if _is_broken(error):
                self._set_aside(str(error))
            else:
                logger.error("twin: kept desks cannot be read: %s", explain(error, self.path))
            return {}
        found = {name: (kept, self._age_s(at)) for name, at, desk in rows if (kept := _read(name, at, desk))}
        if len(found) < len(rows):
            self._set_aside(f"{len(rows) - len(found)} of {len(rows)} rows are no desks")
        return {name: one for name, one in reversed(found.items()) if one[1] < younger_s}

    def write(self, desks: Mapping[str, tuple[Kept, float]], *, younger_s: float, most: int) -> bool:
        """Write (desk, age in seconds) by name.

        Drops older ones and those beyond ``most``. Returns whether the file was missing or broken: all other
        desks are to be written too then. Waits for the disk, so call it in a thread. Raises sqlite3.Error or
        OSError.
        """
        was_new = self.is_new
        now = self._clock()
        rows = [(name, now - age_s, _KEPT.dump_json(kept).decode()) for name, (kept, age_s) in desks.items()]
        try:
            with self._lock, self._connected() as connection:
                connection.executemany("INSERT OR REPLACE INTO desks VALUES (?, ?, ?)", rows)
                connection.execute("DELETE FROM desks WHERE at < ?", (now - younger_s,))
                too_many = "SELECT name FROM desks ORDER BY at DESC LIMIT -1 OFFSET ?"
                connection.execute(f"DELETE FROM desks WHERE name IN ({too_many})", (most,))
        except sqlite3.Error as error:
            if not _is_broken(error):
                raise
            self._set_aside(str(error))
            return True
        return was_new

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection is not None:
                with suppress(sqlite3.Error):
                    self._connection.close()
                self._connection = None

    def _connected(self) -> sqlite3.Connection:
        if self._connection is not None and self.is_new:  # removed while it was open
            self.close()
        if self._connection is None:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                keep_owner(file, self.path.parent)
            finally:
                os.close(file)
            connection = sqlite3.connect(self.path, timeout=BUSY_S, check_same_thread=False)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.executescript(_SCHEMA)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _age_s(self, at: float) -> float:
        return max(0.0, self._clock() - at)  # a clock that was set back makes nothing older

    def _set_aside(self, why: str) -> None:
        """Rename the file; the next write makes another."""
        self.close()
        broken = self.path.with_name(f"{self.path.name}.broken")
        try:
            for suffix in ("-wal", "-shm"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
            self.path.replace(broken)
        except OSError as error:
            logger.error("twin: a broken file of kept desks stays: %s", explain(error, self.path))
        else:
            logger.error("twin: %s: not a file of kept desks (%s); it is %s now", self.path, why, broken.name)


def explain(error: sqlite3.Error | OSError, path: Path) -> str:
    """Return why a file cannot be used, in one line."""
    return str(refusal(error, path)) if isinstance(error, OSError) else f"{path}: {error}"


def _is_broken(error: Exception) -> bool:
    """Whether the file is at fault, not the disk or whoever else uses it."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return isinstance(error, sqlite3.Error) and code & 0xFF in _BROKEN


def _read(name: object, at: object, desk: object) -> Kept | None:
    """The desk of a row; None where the row is none."""
    if not isinstance(at, float) or not math.isfinite(at) or not isinstance(name, str):
        return None
    try:
        kept = _KEPT.validate_json(desk, strict=True)  # type: ignore[arg-type]
    except (ValidationError, TypeError):
        return None
    return kept if len(kept.link) <= MAX_LINK else None

"""Keep the list of sign-ins, so that each can be ended.

A SQLite file beside the file of users: it outlives a restart of the server, and commands change it while the
server runs. It holds digests of what cookies carry, never what they carry.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from apps.hub.audit import keep_owner
from apps.hub.sign_in.users import UsersError
from apps.hub.visitor import Role
from twin.catalog.types import Access

IDLE_S = 12 * 3600.0
"""A sign-in that is not used so long has ended; a user's ``stay_days`` takes its place."""
LONGEST_S = 7 * 86400.0
"""A sign-in ends after so long in any case; a user's ``stay_days`` takes its place."""
KEPT_S = 30 * 86400.0
"""Ended sign-ins stay in the list so long."""
TOUCH_S = 60.0
BUSY_S = 5.0
"""A command that writes at the same time is waited for so long."""

OFFICE_LONGEST_S = 86400.0
"""A sign-in by the office's service is renewed there once a day: whoever has left the office is out."""

Via = Literal["password", "link", "oidc"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sign_ins (
    digest TEXT PRIMARY KEY, user TEXT NOT NULL, via TEXT NOT NULL, stamp TEXT NOT NULL,
    role TEXT NOT NULL, sees TEXT NOT NULL, full_name TEXT NOT NULL,
    address TEXT NOT NULL, browser TEXT NOT NULL,
    started REAL NOT NULL, used REAL NOT NULL, idle_s REAL NOT NULL, longest_s REAL NOT NULL, ended REAL
) WITHOUT ROWID;
"""
_COLUMNS = (
    "digest, user, via, stamp, role, sees, full_name, address, browser, "
    "started, used, idle_s, longest_s, ended"
)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Sign-in of a user in one browser.

    ``stamp`` is the fingerprint of the password's hash that it was made with. Times are seconds since 1970.
    ``role``, ``sees`` and ``full_name`` count only where an office's service signs people in (``via`` oidc).
    """

    digest: str
    user: str
    via: Via
    stamp: str
    role: Role
    sees: Access
    full_name: str
    address: str
    browser: str
    started: float
    used: float
    idle_s: float
    longest_s: float
    ended: float | None = None

    @property
    def id(self) -> str:
        """Short name for lists."""
        return self.digest[:10]

    def is_open(self, now: float) -> bool:
        """Return whether it is neither ended nor expired."""
        return self.ended is None and now < min(self.used + self.idle_s, self.started + self.longest_s)


class SignIns:
    """List of sign-ins beside a file of users.

    Raises UsersError where the file cannot be used. ``clock`` gives seconds since 1970.
    """

    def __init__(self, users: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.path = users.with_suffix(".sqlite")
        self._clock = clock
        self._used: dict[str, float] = {}
        self._ended: set[str] = set()
        self._written = clock()
        with self._faults():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                keep_owner(file, self.path.parent)
            finally:
                os.close(file)
            self._reading = self._connect()
            self._reading.execute("PRAGMA journal_mode = WAL")
            self._reading.executescript(_SCHEMA)

    def close(self) -> None:
        """Write what is due and close the file."""
        self.flush()
        self._reading.close()

    def start(
        self,
        user: str,
        *,
        via: Via,
        stamp: str = "",
        role: str = "",
        sees: str = "",
        full_name: str = "",
        address: str = "",
        browser: str = "",
        stay_days: int | None = None,
        longest_s: float = LONGEST_S,
    ) -> str:
        """Add a sign-in; return the secret for its cookie.

        It is on disk before this returns.
        """
        token, now = secrets.token_urlsafe(32), self._clock()
        stay_s = None if stay_days is None else stay_days * 86400.0
        idle_s, longest_s = stay_s or IDLE_S, stay_s or longest_s
        row = (digest(token), user, via, stamp, role, sees, full_name, address, browser[:200], now, now)
        with self._writing() as connection:
            connection.execute(
                "DELETE FROM sign_ins WHERE max(used, coalesce(ended, 0)) < ?", (now - KEPT_S,)
            )
            values = ",".join("?" * 14)
            connection.execute(
                f"INSERT INTO sign_ins ({_COLUMNS}) VALUES ({values})", (*row, idle_s, longest_s, None)
            )
        return token

    def find(self, token: str) -> SignedIn | None:
        """Return the open sign-in of a cookie's secret, or None.

        Its time of use is kept.
        """
        key, now = digest(token), self._clock()
        with self._faults():
            row = self._reading.execute(
                f"SELECT {_COLUMNS} FROM sign_ins WHERE digest = ?", (key,)
            ).fetchone()
        found = None if row is None else self._of(row)
        if found is None or key in self._ended or not found.is_open(now):
            return None
        self._used[key] = now
        return found

    @property
    def due(self) -> bool:
        """Whether uses wait to be written."""
        return bool(self._used) and self._clock() - self._written > TOUCH_S

    def flush(self) -> None:
        """Write when sign-ins were used last."""
        used, self._used, self._written = self._used, {}, self._clock()
        if used:
            with self._writing() as connection:
                connection.executemany(
                    "UPDATE sign_ins SET used = ? WHERE digest = ?", [(at, key) for key, at in used.items()]
                )

    def end(self, *, token: str = "", id_: str = "", user: str = "", everybody: bool = False) -> int:
        """End sign-ins; return how many.

        Those of a cookie's secret, of an id, of a user, or all. One of a cookie's secret is ended here also
        where that cannot be written.
        """
        if token:
            id_ = digest(token)
            self._ended.add(id_)
        now = self._clock()
        with self._writing() as connection:
            done = connection.execute(
                "UPDATE sign_ins SET ended = :now WHERE (:everybody OR user = :user OR digest = :id OR "
                "substr(digest, 1, 10) = :id) AND ended IS NULL AND "
                "min(used + idle_s, started + longest_s) > :now",
                {"now": now, "everybody": everybody, "user": user, "id": id_},
            )
        self._ended.discard(id_)
        return done.rowcount

    def open_ones(self) -> list[SignedIn]:
        """Return the open sign-ins, last used first."""
        now = self._clock()
        with self._writing() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM sign_ins WHERE ended IS NULL").fetchall()
        found = [one for row in rows if (one := self._of(row)).is_open(now)]
        return sorted(found, key=lambda one: -one.used)

    def _of(self, row: tuple[object, ...]) -> SignedIn:
        names = _COLUMNS.split(", ")
        values = dict(zip(names, row, strict=True))
        used = max(float(str(values["used"])), self._used.get(str(values["digest"]), 0.0))
        return SignedIn(**{**values, "used": used})  # type: ignore[arg-type]

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own, so that threads may write."""
        with self._faults(), closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise UsersError(f"{self.path}: the list of sign-ins cannot be used: {error}") from error


def digest(token: str) -> str:
    """Digest what a cookie carries."""
    return hashlib.sha256(token.encode()).hexdigest()

"""Keep alerts to be sent: one for each receiver and alarm change."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.strict_json import parse_json

FIRST_WAIT_S, LONGEST_WAIT_S, GIVEN_UP_AFTER_S = 15.0, 1800.0, 86_400.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY CHECK (one = 1), line INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS alerts (
  id INTEGER PRIMARY KEY, receiver TEXT NOT NULL, line INTEGER NOT NULL, body TEXT NOT NULL,
  made REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  due REAL NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
  why TEXT NOT NULL DEFAULT '', UNIQUE (receiver, line));
"""


@dataclass(frozen=True, kw_only=True)
class PendingAlert:
    """Alert to be sent to a receiver, with its tries."""

    id: int
    receiver: str
    body: Mapping[str, Any]
    made: float
    tries: int


class AlertOutbox:
    """Alerts in an SQLite file.

    Each call opens the file; all raise ``sqlite3.Error``.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(self._open()) as at, at:
            at.executescript(_SCHEMA)

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=10.0)

    def cursor(self) -> int | None:
        """Return the journal line up to which alerts were made.

        None before the first."""
        with closing(self._open()) as at:
            row = at.execute("SELECT line FROM cursor").fetchone()
        return None if row is None else int(row[0])

    def add(self, alerts: Iterable[tuple[str, int, Mapping[str, Any]]], *, cursor: int, now: float) -> None:
        """Append alerts and move the cursor, both or neither.

        An alert is its receiver, journal line and document.
        """
        rows = [
            (who, line, json.dumps(dict(body), ensure_ascii=False), now, now) for who, line, body in alerts
        ]
        with closing(self._open()) as at, at:
            at.executemany(
                "INSERT OR IGNORE INTO alerts (receiver, line, body, made, due) VALUES (?, ?, ?, ?, ?)", rows
            )
            at.execute("INSERT OR REPLACE INTO cursor (one, line) VALUES (1, ?)", (cursor,))

    def due(self, now: float) -> list[PendingAlert]:
        """Return the alerts that are to be tried now, oldest first."""
        which = "state = 'waiting' AND due <= ? ORDER BY id"
        query = f"SELECT id, receiver, body, made, tries FROM alerts WHERE {which}"
        with closing(self._open()) as at:
            rows = at.execute(query, (now,)).fetchall()
        return [
            PendingAlert(id=r[0], receiver=r[1], body=parse_json(r[2]), made=r[3], tries=r[4]) for r in rows
        ]

    def sent(self, alert: PendingAlert) -> None:
        """Mark an alert as sent."""
        self._set(alert, "state = 'sent', tries = tries + 1, why = ''")

    def failed(self, alert: PendingAlert, why: str, *, now: float) -> None:
        """Put an alert off, longer each time.

        It is given up after a day."""
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0**alert.tries)
        state = "given_up" if now - alert.made > GIVEN_UP_AFTER_S else "waiting"
        self._set(alert, "state = ?, tries = tries + 1, due = ?, why = ?", state, now + wait_s, why)

    def counts(self) -> dict[str, dict[str, int]]:
        """Count the alerts of each receiver, by their state."""
        with closing(self._open()) as at:
            rows = at.execute("SELECT receiver, state, COUNT(*) FROM alerts GROUP BY 1, 2").fetchall()
        found: dict[str, dict[str, int]] = {}
        for receiver, state, count in rows:
            found.setdefault(receiver, {})[state] = count
        return found

    def _set(self, alert: PendingAlert, what: str, *values: object) -> None:
        with closing(self._open()) as at, at:
            at.execute(f"UPDATE alerts SET {what} WHERE id = ?", (*values, alert.id))

"""Keep what-ifs and forecast runs in a SQLite file beside the store.

Tables of their own, which no observation is ever written to. A row has an author, a time of issue, who may
see it, and one JSON document.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from twin.catalog.types import Access
from twin.errors import TwinError

FILE = "runs.sqlite"
BUSY_S = 5.0
MOST_LISTED = 200
LONGEST_NAME = 80

RunKind = Literal["what-if", "forecast"]
_SCHEMA = """CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL,
author TEXT NOT NULL, author_name TEXT NOT NULL, access TEXT NOT NULL, issued_at REAL NOT NULL,
received_at REAL NOT NULL, document TEXT NOT NULL)"""


class RunsFileError(TwinError):
    """Runs that cannot be read or kept."""

    zh = "推演与预报的存档：{words}"

    def __init__(self, message: str, *, words: str) -> None:
        super().__init__(message, words=words)


@dataclass(frozen=True, kw_only=True)
class KeptRun:
    """What-if or forecast run with its author, time of issue and access."""

    id: str
    kind: RunKind
    name: str
    author: str
    author_name: str
    access: Access
    issued_at: datetime
    received_at: datetime
    document: str


class RunsFile:
    """SQLite file of kept runs, opened for each question: there are few."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def all(self, kind: RunKind) -> tuple[KeptRun, ...]:
        """Return runs of a kind, the newest first, 200 at most.

        Raises RunsFileError.
        """
        if not self.path.exists():
            return ()
        with self._at() as at:
            rows = at.execute(
                "SELECT id, kind, name, author, author_name, access, issued_at, received_at, document "
                "FROM runs WHERE kind = ? ORDER BY issued_at DESC, received_at DESC LIMIT ?",
                (kind, MOST_LISTED),
            ).fetchall()
        return tuple(
            KeptRun(
                id=row[0],
                kind=row[1],
                name=row[2],
                author=row[3],
                author_name=row[4],
                access=row[5],
                issued_at=datetime.fromtimestamp(row[6], UTC),
                received_at=datetime.fromtimestamp(row[7], UTC),
                document=row[8],
            )
            for row in rows
        )

    def add(
        self,
        kind: RunKind,
        *,
        name: str,
        author: str,
        author_name: str = "",
        access: Access,
        document: str,
        issued_at: datetime | None = None,
    ) -> str:
        """Keep a run; returns its id. Raises RunsFileError."""
        name = " ".join(name.split())
        if not 1 <= len(name) <= LONGEST_NAME:
            raise RunsFileError(
                f"a name has 1 to {LONGEST_NAME} letters", words=f"名称须有 1 至 {LONGEST_NAME} 个字"
            )
        now = datetime.now(UTC)
        id_ = f"r{secrets.token_hex(6)}"  # no number, wherever it is written
        row = (
            *(id_, kind, name, author, author_name, access),
            *((issued_at or now).timestamp(), now.timestamp(), document),
        )
        with self._at() as at:
            at.execute(f"INSERT INTO runs VALUES ({', '.join('?' * len(row))})", row)
        return id_

    def rename(self, run: str, name: str) -> None:
        """Rename a run. Raises RunsFileError."""
        name = " ".join(name.split())
        if not 1 <= len(name) <= LONGEST_NAME:
            raise RunsFileError(
                f"a name has 1 to {LONGEST_NAME} letters", words=f"名称须有 1 至 {LONGEST_NAME} 个字"
            )
        with self._at() as at:
            at.execute("UPDATE runs SET name = ? WHERE id = ?", (name, run))

    def delete(self, run: str) -> None:
        """Delete a run. Raises RunsFileError."""
        with self._at() as at:
            at.execute("DELETE FROM runs WHERE id = ?", (run,))

    @contextmanager
    def _at(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=BUSY_S)) as connection, connection as at:
                at.execute(_SCHEMA)
                with suppress(OSError):
                    self.path.chmod(0o600)
                yield at
        except sqlite3.Error as error:
            raise RunsFileError(
                f"{self.path}: {error}", words=f"存档暂时无法使用（{self.path.name}）"
            ) from None

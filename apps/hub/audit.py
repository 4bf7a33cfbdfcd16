"""Append who did what to the audit journal."""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from apps import counters

if TYPE_CHECKING:
    from apps.hub.visitor import Visitor

Act = Literal["signed_in", "sign_in_refused", "signed_out", "saw", "operated", "exported", "administered"]


class AuditJournal:
    """Append-only journal, one JSON line an act.

    A line is on disk before :meth:`record` returns. Lines hold ``at`` (UTC), ``who``, ``act`` and what the
    caller adds.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # Once: a store that goes while it is used (unmounted, renamed) must not be made anew in its place.
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()

    def record(self, who: Visitor | str, act: Act, **what: Any) -> None:
        """Append a line; raises OSError where the disk refuses it."""
        name = who if isinstance(who, str) else who.name
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "who": name, "act": act, **what}
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":"), default=repr) + "\n"
        with self._lock:
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                keep_owner(file, self.path.parent)
                os.write(file, text.encode())
                os.fsync(file)
            finally:
                os.close(file)
        counters.ACTS.labels(act).inc()


def keep_owner(file: int, folder: Path) -> None:
    """Give a file made by root to its folder's owner.

    The server runs as that user, and must read what ``sudo twin user add`` wrote. Raises OSError.
    """
    if os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(file, owner.st_uid, owner.st_gid)

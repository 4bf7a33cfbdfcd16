"""Keep the log of drills, one JSON-lines file each.

Alarms of a drill stand here and nowhere else.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from twin.alarms.lifecycle import Change
from twin.drills.drill_check import FOLDER
from twin.drills.drill_run import DrillRun
from twin.errors import TwinError
from twin.stations.snapshot import AlarmNow
from twin.strict_json import JsonError, parse_json

logger = logging.getLogger(__name__)

_ALARM: TypeAdapter[AlarmNow] = TypeAdapter(AlarmNow)


class NoDrillError(TwinError):
    """Drill of which the store has no log."""

    zh = "没有这次演练的记录：{id}"


class DrillLog:
    """Log of one drill; lines wait until :meth:`flush` writes them."""

    def __init__(self, store: Path, run: DrillRun) -> None:
        self._path = store / FOLDER / f"{run.id}.jsonl"
        self._waiting: list[str] = []
        self._failing = False

    def started(self, run: DrillRun) -> None:
        """Record the start, with the whole file's content."""
        told = {"file": run.file, "by": run.by, "ends_at": run.ends_at.isoformat()}
        self._append(run.started_at, "started", **told, drill=run.drill.model_dump(mode="json"))

    def changed(self, change: Change) -> None:
        """Record what became of an alarm."""
        alarm = None if change.alarm is None else _ALARM.dump_python(change.alarm, mode="json")
        self._append(change.at, change.what, id=change.id, by=change.by, note=change.note, alarm=alarm)

    def ended(self, at: datetime, *, why: str, by: str) -> None:
        """Record the end: ``why`` is file, operator, left or stopped."""
        self._append(at, "ended", why=why, by=by)

    def flush(self) -> None:
        """Write what waits; a disk that refuses is logged once."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        try:
            if self._path.parent.parent.exists():  # a store that is gone is not made anew
                self._path.parent.mkdir(exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write("".join(f"{line}\n" for line in waiting))
        except OSError as error:
            self._waiting = [*waiting, *self._waiting]
            if not self._failing:
                logger.error("twin: the drill is not logged: %s", error)
            self._failing = True

    def _append(self, at: datetime, what: str, **told: Any) -> None:
        self._waiting.append(json.dumps({"at": at.isoformat(), "what": what, **told}, ensure_ascii=False))


def logged_drills(store: Path) -> list[str]:
    """List the ids of drills with a log, oldest first."""
    return sorted(path.stem for path in (store / FOLDER).glob("drill-*.jsonl"))


def drill_lines(store: Path, id_: str) -> Iterator[dict[str, Any]]:
    """Read the lines of a drill's log, oldest first.

    One that was cut off by a power cut is passed over. Raises NoDrillError.
    """
    if id_ not in logged_drills(store):
        raise NoDrillError(f"there is no log of a drill {id_!r}; 'twin drill log' lists them", id=id_)
    with (store / FOLDER / f"{id_}.jsonl").open(encoding="utf-8") as file:
        for text in file:
            with suppress(JsonError):
                yield parse_json(text)

"""Replay files of observations as a run.

At any speed; a run with an author and inputs, never a feed. What is replayed goes to the runs' own table and
to whoever watches the run; it cannot reach the live one.
"""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from twin import cells
from twin.errors import TwinError
from twin.ingest import IngestError
from twin.ingest.read_tables import text_rows
from twin.stations.feeds.mapped_json import number_of
from twin.stations.model import Observation, Reading
from twin.stations.network import Network
from twin.stations.store.writing import Appended, Writer
from twin.stations.validation import Validation
from twin.strict_json import JsonError, parse_json
from twin.written_time import time_or_reason

COLUMNS = ("station", "property", "phenomenon_at", "value")
CHUNK = 1_000
DOUBTED = ("suspect", "poor", "estimate")
"""What the file calls so is no better in a run: doubts stay doubts, an hour's sum is no report of a gauge."""
MISSING = ("", "null", "None", "NaN", "nan")


class ReplayError(TwinError):
    """File that cannot be replayed."""

    zh = "文件无法回放：{message}"


def read_readings(path: Path, *, zone: ZoneInfo) -> Iterator[Reading]:
    """Read a CSV (with a header) or JSON lines.

    ``unit`` may be beside the four columns. That is what ``twin stations export`` writes. Times without a
    zone are of ``zone``. Raises ReplayError.
    """
    try:
        first = True
        for row in _json_lines(path) if _is_json(path) else _csv_lines(path):
            if first and (absent := [name for name in COLUMNS if name not in row]):
                raise ReplayError(f"{path}: has no {', '.join(absent)}; needed are {', '.join(COLUMNS)}")
            first = False
            yield _reading(row, zone)
    except IngestError as error:
        raise ReplayError(f"{path}: {error}", path=path) from None
    except OSError as error:
        said = (error.strerror or type(error).__name__).lower()
        raise ReplayError(f"{path}: cannot be read: {said}", path=path) from None
    except UnicodeDecodeError:
        raise ReplayError(f"{path}: is not UTF-8; save it so", path=path) from None
    except csv.Error:
        raise ReplayError(f"{path}: is no CSV; are its quotes right?", path=path) from None


def _is_json(path: Path) -> bool:
    return path.suffix.lower() in (".jsonl", ".ndjson")


def _csv_lines(path: Path) -> Iterator[dict[str, object]]:
    for row in text_rows(path):
        yield {name: cells.plain(cell) if isinstance(cell, str) else cell for name, cell in row.items()}


def _json_lines(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for number, text in enumerate(stream, start=1):
            if not text.strip():
                continue
            try:
                found = parse_json(text)
            except JsonError as error:
                raise ReplayError(f"{path}: line {number}: {error}", path=path) from None
            if not isinstance(found, dict):
                raise ReplayError(f"{path}: line {number}: is no object", path=path)
            yield found


def _reading(row: dict[str, object], zone: ZoneInfo) -> Reading:
    value, told = row.get("value"), row.get("quality")
    if isinstance(value, str):
        value = None if value.strip() in MISSING else number_of(value)
    return Reading(
        station=str(row.get("station") or ""),
        property=str(row.get("property") or ""),
        value=value,
        phenomenon_at=time_or_reason(row.get("phenomenon_at"), zone=zone),
        unit=str(row["unit"]) if row.get("unit") else None,
        doubt=str(row.get("reason") or told)[:40] if told in DOUBTED else "",
    )


class Replay:
    """Replay of one run.

    ``refused``, after it: how many readings were refused for which reason.
    """

    def __init__(self, run: str, network: Network, writer: Writer) -> None:
        self.run = run
        self._writer = writer
        self._gate = Validation(network, self._keep)
        self._kept: list[Observation] = []

    @property
    def refused(self) -> dict[str, int]:
        return dict(self._gate.refused(self.run))

    async def play(
        self,
        path: Path,
        *,
        author: str,
        zone: ZoneInfo,
        speed: float | None = None,
        watch: Callable[[Sequence[Observation]], None] = lambda many: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> int:
        """Play a file; how many observations.

        ``speed``: so many of its seconds pass in one; None: at once. Raises ReplayError, RunError,
        StoreError.
        """
        readings = list(read_readings(path, zone=zone))
        self._writer.start_run(
            self.run, kind="replay", author=author, inputs=path.name, issued_at=datetime.now(UTC)
        )
        for first in range(0, len(readings), CHUNK):
            await self._gate.deliver(self.run, readings[first : first + CHUNK])
        self._kept.sort(key=lambda o: o.phenomenon_at)
        before: datetime | None = None
        for group in _by_time(self._kept):
            at = group[0].phenomenon_at
            if speed is not None and before is not None:
                await sleep((at - before).total_seconds() / speed)
            before = at
            watch(group)
        self._writer.append_to_run(
            self.run, {(o.datastream, o.phenomenon_at): o for o in self._kept}.values()
        )
        return len(self._kept)

    async def _keep(self, many: Sequence[Observation]) -> Appended:
        self._kept += many
        return Appended(stored=tuple(many))


def _by_time(many: Sequence[Observation]) -> Iterator[list[Observation]]:
    """Observations of one time together, in the order of their times."""
    group: list[Observation] = []
    for o in many:
        if group and o.phenomenon_at != group[0].phenomenon_at:
            yield group
            group = []
        group.append(o)
    if group:
        yield group


def to_json_line(o: Observation) -> str:
    """Format an observation as a replayable line."""
    station, _, property_ = o.datastream.partition(".")
    told = {
        "station": station,
        "property": property_,
        "phenomenon_at": o.phenomenon_at.isoformat(),
        "value": o.value,
        "quality": o.quality,
    }
    return json.dumps(told, ensure_ascii=False)

"""Check a drill's file against a basin's stations and lake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from twin.catalog.drill_file import DrillFile, DrillSeries, load_drill
from twin.catalog.problems import Problem
from twin.catalog.site import Site
from twin.catalog.validation_messages import dotted, nearest
from twin.catalog.yaml_tree import Document
from twin.catalog.yaml_tree import Path as KeyPath
from twin.comparing import within
from twin.errors import TwinError
from twin.stations.model import Datastream, Station
from twin.stations.network import Network
from twin.stations.properties import PROPERTIES

FOLDER = "drills"
"""Of drills' files, beside the catalog; of their logs, in the store."""


@dataclass(frozen=True, kw_only=True)
class DrillBasin:
    """Stations, lake and rules that a drill is of.

    ``lake`` is the datastream of the lake's level, ``to_working_m`` converts (station, reported level in m,
    time) to a working height; levels for which there is an answer lie from ``lowest_m`` to ``highest_m``.
    """

    site: Site
    zone: ZoneInfo
    network: Network
    lake: Datastream
    to_working_m: Callable[[Station, float, datetime], float]
    lowest_m: float
    highest_m: float


@dataclass(frozen=True, kw_only=True)
class CheckedDrill:
    """Drill's file with every problem; ``drill`` is None where there is any."""

    path: Path
    drill: DrillFile | None
    problems: tuple[Problem, ...] = ()


def check_drill(path: Path, basin: DrillBasin) -> CheckedDrill:
    """Read a drill's file and check it against a basin.

    Never raises: what is wrong stands in ``problems``, one line each.
    """
    drill, document, problems = load_drill(path)
    if drill is not None:
        problems = sorted(
            (
                Problem(
                    file=path,
                    line=document.line_of(key),
                    key=dotted(key),
                    code="bad-value",
                    message=words,
                    hint=hint,
                )
                for key, words, hint in _wrong(drill, document, basin)
            ),
            key=lambda problem: problem.line,
        )
    return CheckedDrill(path=path, drill=None if problems else drill, problems=tuple(problems))


def _wrong(drill: DrillFile, document: Document, basin: DrillBasin) -> Iterator[tuple[KeyPath, str, str]]:
    seen: set[str] = set()
    for k, series in enumerate(drill.series):
        key = ("series", k)
        stream = basin.network.find(series.station, series.property)
        if stream is None:
            yield _unknown(key, series, basin.network)
            continue
        if stream.id in seen:
            yield (*key, "property"), f"{stream.id} stands in the file twice", "put its values together"
        seen.add(stream.id)
        yield from _wrong_values(key, series, drill.minutes)
        if stream.id == basin.lake.id:
            yield from _wrong_levels(key, series, basin)
    if basin.lake.id not in seen:
        words = f"the lake's level is missing: station {basin.lake.station}, property level, from minute 0 on"
        yield ("series",), words, ""


def _unknown(key: KeyPath, series: DrillSeries, network: Network) -> tuple[KeyPath, str, str]:
    if series.station not in network.stations:
        words = f"there is no station {series.station!r}"
        near = nearest(series.station, network.stations) if len(network.stations) < 20 else ""
        return (*key, "station"), words, near or "twin stations lists them"
    measured = [s.property for s in network.of_station(series.station) if s.origin == "observed"]
    words = f"the station {series.station} measures no {series.property}"
    return (*key, "property"), words, nearest(series.property, measured)


def _wrong_values(key: KeyPath, series: DrillSeries, minutes: float) -> Iterator[tuple[KeyPath, str, str]]:
    kind = PROPERTIES[series.property]
    for n, (minute, value) in enumerate(series.values):
        at = (*key, "values", n)
        if minute > minutes:
            yield at, f"minute {minute:g} lies after the drill's end, {minutes:g}", ""
        if not kind.lowest <= value <= kind.highest:
            words = f"{value:g} {kind.shown} cannot be: {kind.lowest:g} to {kind.highest:g}"
            yield at, words, ""
    for n, ((before, _), (after, _)) in enumerate(pairwise(series.values), start=1):
        if after <= before:
            yield (*key, "values", n), f"minute {after:g} does not come after {before:g}", "sort the values"


def _wrong_levels(key: KeyPath, series: DrillSeries, basin: DrillBasin) -> Iterator[tuple[KeyPath, str, str]]:
    if series.values[0][0] > 0:
        yield (*key, "values", 0), "the lake's level is needed from minute 0 on", ""
    station, now = basin.network.stations[series.station], datetime.now(UTC)
    for n, (_, value) in enumerate(series.values):
        try:
            level_m = basin.to_working_m(station, value, now)
        except TwinError as error:
            yield (*key, "values", n), str(error), ""
            return
        if not within(level_m, basin.lowest_m, basin.highest_m):
            words = (
                f"a lake at {level_m:.2f} m has no answer here: {basin.lowest_m:g} to {basin.highest_m:g} m"
            )
            yield (*key, "values", n), words, ""

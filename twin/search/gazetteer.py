"""Collect the named places of a basin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING, Any

from twin.bilingual import in_both
from twin.products import vector_step_name
from twin.strict_json import read_json

if TYPE_CHECKING:
    from twin.basin import Basin
    from twin.catalog import Entry

Ring = Sequence[Sequence[float]]
STATION = "station"


@dataclass(frozen=True, kw_only=True)
class Toponym:
    """Named place.

    In the frame's CRS; ``radius_m`` is how far it reaches around that point. ``kind`` is that of its entry,
    ``sort`` what the feature itself says (``bay`` of a place, ``rain`` of a station). ``group`` names the
    entry in both languages. ``code`` is a station's, ``within`` the township or watershed it lies in.
    """

    id: str
    name: Mapping[str, str]
    kind: str
    east: float
    north: float
    radius_m: float = 0.0
    sort: str = ""
    group: Mapping[str, str]
    code: str = ""
    within: str = ""


def toponyms(basin: Basin) -> list[Toponym]:
    """Return every named place of a basin.

    Only of entries that the basin has: one seen at a lower level of access has fewer.
    """
    found = [place for entry in basin.catalog.entries.values() for place in _of_entry(basin, entry)]
    lake = basin.lake
    if not any(place.name["zh"] == lake.name["zh"] for place in found):
        found.append(
            Toponym(id="lake", name=lake.name, kind="lake", east=lake.east, north=lake.north, group=lake.name)
        )
    return [*found, *_stations(basin)]


def _of_entry(basin: Basin, entry: Entry) -> Iterator[Toponym]:
    """Features with a name; of several of one name (a river's reaches) the largest."""
    step, key = vector_step_name(entry.id), entry.show.label
    if key is None or not basin.generation.has(step):
        return
    other = key.removesuffix("_zh") + "_en" if key.endswith("_zh") else key
    largest: dict[str, Toponym] = {}
    features = read_json(basin.generation.path(step) / "features.json")["features"]
    for number, feature in enumerate(features):
        row, place = feature["properties"], _place_of(feature["geometry"])
        name = in_both(_word(row.get(key)), _word(row.get(other)))
        if place is None or not name["zh"]:
            continue
        east, north, radius_m = place
        known = largest.get(name["zh"])
        if known is None or known.radius_m < radius_m:
            largest[name["zh"]] = Toponym(
                id=f"{entry.id}/{number}",
                name=name,
                kind=entry.kind,
                east=east,
                north=north,
                radius_m=radius_m,
                sort=_word(row.get("kind")),
                group=entry.title.model_dump(),
                within=_word(row.get("township")),
            )
    yield from largest.values()


def _stations(basin: Basin) -> Iterator[Toponym]:
    network = basin.network()
    for station in () if network is None else network.stations.values():
        east, north = basin.frame.from_lonlat(station.lon, station.lat)
        yield Toponym(
            id=f"{STATION}/{station.id}",
            name=station.name,
            kind=STATION,
            sort=station.kind,
            east=float(east),
            north=float(north),
            group=in_both("测站", "Station"),
            code=station.id,
            within=station.township,
        )


def _word(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _place_of(geometry: Mapping[str, Any] | None) -> tuple[float, float, float] | None:
    """A point of a GeoJSON geometry to look at, and how far it reaches from there; None of an empty one.

    Of an area the centroid of its largest ring, of a line its middle.
    """
    if geometry is None:
        return None
    rings = list(_rings(geometry))
    if not rings:
        return None
    ring = max(rings, key=_length)
    east, north = ring[0][0], ring[0][1]
    if len(ring) > 1:
        closed = "Polygon" in geometry["type"]
        east, north = _centroid(ring) if closed else _middle(ring)
    radius_m = max(hypot(x - east, y - north) for x, y, *_ in ring)
    return float(east), float(north), float(radius_m)


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    kind = geometry["type"]
    if kind == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from _rings(part)
        return
    depth = {
        "Point": 0,
        "MultiPoint": 1,
        "LineString": 1,
        "MultiLineString": 2,
        "Polygon": 2,
        "MultiPolygon": 3,
    }[kind]
    yield from _unfolded(geometry["coordinates"], depth)


def _unfolded(coordinates: Any, depth: int) -> Iterator[Ring]:
    if not coordinates:
        return
    if depth == 0:
        yield [coordinates]
    elif depth == 1:
        yield coordinates
    else:
        for part in coordinates:
            yield from _unfolded(part, depth - 1)


def _length(line: Ring) -> float:
    return sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(line))


def _middle(line: Ring) -> tuple[float, float]:
    """The point halfway along a line."""
    left = _length(line) / 2
    for a, b in pairwise(line):
        step = hypot(b[0] - a[0], b[1] - a[1])
        if step >= left and step > 0:
            return a[0] + left / step * (b[0] - a[0]), a[1] + left / step * (b[1] - a[1])
        left -= step
    return line[-1][0], line[-1][1]


def _centroid(ring: Ring) -> tuple[float, float]:
    """The centroid of a ring's area; of one without area its first point."""
    x0, y0 = ring[0][0], ring[0][1]
    area = east = north = 0.0
    for a, b in pairwise(ring):
        cross = (a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0)
        area += cross
        east += cross * (a[0] + b[0] - 2 * x0)
        north += cross * (a[1] + b[1] - 2 * y0)
    return (x0 + east / (3 * area), y0 + north / (3 * area)) if area else (x0, y0)

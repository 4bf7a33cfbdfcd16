"""A small basin with entries of every kind and level of access, each with words of its own to search for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from tests.browser.flood_basin import FLOOD
from tests.small import MIDDLE, NORTH, WEST, write_small_basin
from tests.stationed import declare_stations
from twin.access import LEVELS
from twin.crs import transform

X, Y = WEST + MIDDLE[1] * 20.0, NORTH - MIDDLE[0] * 20.0
"""The lake's middle."""


def mark(level: str, kind: str) -> str:
    """Word that stands in titles, names and values of an entry alone."""
    return f"mark{level}{kind}"


def words_of(*levels: str) -> list[str]:
    """Beginnings of every mark of some levels."""
    return [f"mark{level}" for level in levels]


def write_guarded_basin(
    folder: Path, *, stations: str = "", url: str | None = None, hidden: tuple[str, ...] = ()
) -> Path:
    """Write a basin whose ground is public, and of each level an area, a place, a model, a curve and a flood.

    ``stations`` is the level of its stations (none without it), fed from ``url``. Entries of ``hidden``
    levels are left out. Returns the catalog's path.
    """
    catalog = write_small_basin(folder)
    if stations and stations not in hidden:
        _stations(catalog, stations, url)
    told = yaml.safe_load(catalog.read_text("utf-8"))
    for number, level in enumerate(LEVELS):
        if level in hidden:
            continue
        own = {
            f"area-{level}": _vectors(folder, level, "area", _square(number), show={"colour": "#ff00ff"}),
            f"place-{level}": _vectors(folder, level, "place", _point(number), show={"label": "name"}),
            f"block-{level}": _model(folder, level, number),
            f"curve-{level}": _table(folder, level, "curve", _curve(folder, number)),
            f"flood-{level}": _table(folder, level, "flood", FLOOD),
        }
        told["entries"] = own | told["entries"]  # the default curve is the most restricted one
    catalog.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), "utf-8")
    return catalog


def _entry(level: str, kind: str, /, **keys: Any) -> dict[str, Any]:
    return {
        "title": {"zh": mark(level, f"{kind}zh"), "en": mark(level, f"{kind}en")},
        "edition": mark(level, f"{kind}edition"),
        "source": mark(level, f"{kind}source"),
        "access": level,
    } | keys


def _square(number: int) -> tuple[str, Any]:
    west, south, side = X - 900.0 + 700.0 * number, Y + 700.0, 400.0
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side]]
    return "Polygon", [[*ring, ring[0]]]


def _point(number: int) -> tuple[str, Any]:
    return "Point", [X - 1000.0 + 1000.0 * number, Y + 950.0]


def _vectors(folder: Path, level: str, kind: str, shape: tuple[str, Any], **keys: Any) -> dict[str, Any]:
    feature = {
        "type": "Feature",
        "geometry": {"type": shape[0], "coordinates": shape[1]},
        "properties": {"name": mark(level, kind[0])},
    }
    file = folder / f"{kind}-{level}.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    own = {"kind": "zone" if kind == "area" else "village", "driver": "vector", "uri": file.name}
    return _entry(level, kind, crs="EPSG:4548", **own, **keys)


def _model(folder: Path, level: str, number: int) -> dict[str, Any]:
    """A red wall of 200 m."""
    file = folder / f"block-{level}.obj"
    corners = [(x, y, z) for z in (0, 120) for y in (0, 200) for x in (0, 200)]
    faces = ["1 2 6 5", "2 4 8 6", "4 3 7 8", "3 1 5 7", "5 6 8 7"]
    lines = [f"v {x} {y} {z}" for x, y, z in corners] + [f"f {face}" for face in faces]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    anchor = {"east": X - 700.0 + 600.0 * number, "north": Y - 500.0, "height_m": 150.0}
    own = {"kind": "model", "driver": "surface", "uri": file.name, "up": "Z", "ground": False}
    return _entry(level, "block", **own, anchor=anchor, vertical={"reference": "local"})


def _table(folder: Path, level: str, kind: str, text: str) -> dict[str, Any]:
    file = folder / f"{kind}-{level}.csv"
    file.write_text(text, "utf-8")
    own = {"kind": "run" if kind == "flood" else "curve", "driver": "table", "uri": file.name}
    return _entry(level, kind, status="published", **own)


def _curve(folder: Path, number: int) -> str:
    """The basin's curve with larger storages."""
    head, *rows = (folder / "curve.csv").read_text("utf-8").splitlines()
    cells = [row.split(",") for row in rows]
    return "\n".join([head, *(f"{h},{a},{float(s) * (1 + 0.01 * number)}" for h, a, s in cells)]) + "\n"


def _stations(catalog: Path, level: str, url: str | None) -> None:
    word = mark(level, "gauge")
    x, y = [X + 300.0, X - 300.0], [Y + 600.0, Y + 600.0]
    lon, lat = transform(x, y, source="EPSG:4548", target="EPSG:4490")
    rows = [f"{word}{k},{word}{k}zh,{kind},{lon[k]:.6f},{lat[k]:.6f}\n" for k, kind in enumerate(KINDS)]
    declare_stations(
        catalog,
        stations="id,name_zh,kind,lon,lat\n" + "".join(rows),
        streams=f"station,property,interval_s\n{word}0,level,300\n{word}1,level,300\n",
        feeds=[] if url is None else [_feed(word, url)],
        alarms={"rivers": {"levels": [{"station": f"{word}1", "warning_m": 3.0}], "on_delay_min": 0}},
    )
    told = yaml.safe_load(catalog.read_text("utf-8"))
    told["entries"]["stations"]["access"] = level
    catalog.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), "utf-8")


KINDS = ("reservoir", "stage")
"""Of the two stations: the lake's gauge, and one with an alarm from 3 m on."""


def _feed(word: str, url: str) -> dict[str, Any]:
    return {
        "id": "web",
        "title": {"zh": f"{word}feedzh", "en": f"{word}feeden"},
        "driver": "http",
        "stations": "stations",
        "url": url,
        "every_s": 0.2,
        "map": {"station": "s", "property": "p", "value": "v", "time": "t", "items": "@"},
    }

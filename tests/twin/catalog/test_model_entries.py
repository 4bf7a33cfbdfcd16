"""Models made by others: where they stand is said once, and in a way that fits the file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from meshes.build.catalog_check import check
from twin.build.sources import marks_beneath
from twin.catalog import ModelEntry, load_catalog, load_catalog_leniently

Write = Callable[..., Path]

MODEL = """\
  town:
    kind: model
    title: {zh: 镇, en: Town}
    driver: surface
    uri: town/town.obj
    vertical: {reference: local}
    crs: EPSG:4548
    edition: "1"
    source: a test
    access: public
"""
ROADS = "  roads:\n"
ANCHOR = "anchor: {lon: 116.9, lat: 40.5, height_m: 150}"


def with_model(write: Write, *changes: tuple[str, str]) -> Path:
    text = MODEL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = write((ROADS, text + ROADS))
    for name in ("town.obj", "tileset.json", "town.laz", "metadata.xml"):
        (path.parent / "town").mkdir(exist_ok=True)
        (path.parent / "town" / name).touch()
    return path


@pytest.mark.parametrize(
    "changes",
    [
        (),
        (("crs: EPSG:4548", ANCHOR),),
        (("crs: EPSG:4548", f"{ANCHOR[:-1]}, heading_deg: -30, scale: 0.3048, origin: [1, 2.5, 3]}}"),),
        (("crs: EPSG:4548", "anchor: {east: 491000, north: 4483000, height_m: 150}\n    up: Y"),),
        (
            ("driver: surface", "driver: tileset"),
            ("town.obj", "tileset.json"),
            ("crs: EPSG:4548", "ecef: true"),
            ("{reference: local}", "{reference: ellipsoidal, offset_m: 7.35}"),
        ),
        (("driver: surface", "driver: points"), ("town.obj", "town.laz")),
        (
            ("driver: surface", "driver: osgb"),
            ("town.obj", "metadata.xml"),
            ("    crs: EPSG:4548\n", ""),
        ),
    ],
)
def test_models_with_one_place_are_read(write: Write, changes: tuple[tuple[str, str], ...]) -> None:
    entry = load_catalog(with_model(write, *changes)).only(ModelEntry)
    assert sum(bool(place) for place in (entry.crs, entry.ecef, entry.anchor)) == (entry.driver != "osgb")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([("    crs: EPSG:4548\n", "")], "has no place: give crs"),
        ([("crs: EPSG:4548", f"crs: EPSG:4548\n    {ANCHOR}")], r"more than one place \(crs, anchor\)"),
        ([("crs: EPSG:4548", "ecef: true")], "ecef is for the driver tileset"),
        (
            [
                ("driver: surface", "driver: tileset"),
                ("town.obj", "tileset.json"),
                ("crs: EPSG:4548", "ecef: true"),
            ],
            "heights in ECEF are ellipsoidal",
        ),
        ([("crs: EPSG:4548", "anchor: {lon: 116.9, height_m: 150}")], "needs lon and lat"),
        ([("crs: EPSG:4548", "anchor: {lon: 116.9, lat: 40.5}")], "height_m: is missing"),
        ([("crs: EPSG:4548", f"{ANCHOR[:-1]}, scale: 0}}")], "scale: must be greater than 0; this is 0"),
        ([("crs: EPSG:4548", f"{ANCHOR[:-1]}, tilt: 3}}")], "tilt: is not a key here"),
        ([("crs: EPSG:4548", "crs: EPSG:4548\n    up: X")], "cannot be"),
        ([("driver: surface", "driver: points")], r"points reads \.las, \.laz; this is 'town/town\.obj'"),
        ([("town/town.obj", "town/town.fbx")], r"reads \.obj, \.ply, \.stl"),
        (
            [
                ("driver: surface", "driver: tileset"),
                ("town.obj", "tileset.json"),
                ("crs: EPSG:4548", "crs: EPSG:4548\n    up: Y"),
            ],
            "up turns surfaces",
        ),
        ([("crs: EPSG:4548", "crs: EPSG:4548\n    detail: high")], "detail is for the sample's"),
        ([("driver: surface", "driver: sample"), ("crs: EPSG:4548", ANCHOR)], "have their place already"),
        ([("{reference: local}", "{reference: Dagu}")], "no offset from Dagu"),
        ([("town/town.obj", "town/gone.obj")], "there is no file"),
    ],
)
def test_what_is_wrong_with_a_model_is_said_with_its_line(
    write: Write, changes: list[tuple[str, str]], words: str
) -> None:
    path = with_model(write, *changes)
    catalog, problems = load_catalog_leniently(path)
    assert list(catalog.broken) == ["town"]
    assert all(problem.entry == "town" and problem.line > 1 for problem in problems)
    told = "; ".join(f"{problem.key}: {problem.message}" for problem in problems)
    assert re.search(words, told), told


def test_check_says_where_a_model_is_placed_and_refuses_an_anchor_far_away(write: Write) -> None:
    path = with_model(write, ("crs: EPSG:4548", ANCHOR))
    triangle = "v 0 0 0\nv 9 0 0\nv 0 9 0\nf 1 2 3\n"
    (path.parent / "town/town.obj").write_text(triangle, encoding="utf-8")
    row = next(row for row in check(path).rows if row.id == "town")
    assert (row.status, row.crs, row.facts) == ("ok", "anchor", "1 triangle, 0 pictures")
    path.write_text(
        path.read_text("utf-8").replace("lon: 116.9, lat: 40.5, h", "lon: 100.0, lat: 40.5, h"), "utf-8"
    )
    row = next(row for row in check(path).rows if row.id == "town")
    assert row.status == "broken"
    assert row.reason.startswith("stands 1,430 km")


def test_the_marks_of_a_folder_change_with_any_file_beneath_but_hidden_ones(tmp_path: Path) -> None:
    (tmp_path / "data" / "deep").mkdir(parents=True)
    tile = tmp_path / "data" / "deep" / "tile.b3dm"
    tile.write_bytes(b"one")
    first = marks_beneath(tmp_path / "data")
    (tmp_path / "data" / ".twin").mkdir()
    (tmp_path / "data" / ".twin" / "sources.json").touch()
    assert marks_beneath(tmp_path / "data") == first
    os.utime(tile, ns=(1, 1))
    second = marks_beneath(tmp_path / "data")
    assert second != first
    tile.rename(tile.with_name("other.b3dm"))
    assert marks_beneath(tmp_path / "data") not in (first, second)
    assert marks_beneath(tmp_path / "nothing") == marks_beneath(tmp_path / "data" / "nothing")

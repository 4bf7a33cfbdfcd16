"""Wherever a model says that it stands, the same roof stands at the same place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshes.build.foreign.build import build_foreign
from meshes.build.foreign.placement import from_crs, from_ecef, place_of, tangent
from meshes.errors import MeshError
from meshes.tiles.check import check_tileset
from meshes.tiles.ecef import frame_to_ecef
from tests.meshes.build_foreign.making import (
    ANCHOR,
    CORNERS,
    HEIGHT_M,
    LAT,
    LON,
    RIDGE,
    SEPARATION_M,
    model,
    nearest,
    to_frame,
    vertices,
    write_catalog,
    write_ecef_tileset,
    write_obj,
)
from twin.catalog import ModelEntry, load_catalog
from twin.frame import Frame

FRAME = Frame(crs="EPSG:4548", east=491_000.0, north=4_483_000.0)
RIGHT = np.array([0.0, 0.0, -SEPARATION_M])
"""From ellipsoidal heights to working ones."""


def built(catalog: Path, name: str, out: Path) -> Path:
    """An entry of a catalog as a tileset that keeps all rules."""
    read = load_catalog(catalog)
    entry = read.entries[name]
    assert isinstance(entry, ModelEntry)
    out.mkdir(exist_ok=True)
    build_foreign(out, read, entry, progress=lambda part: None)
    check_tileset(out / name)
    return out / name


def test_the_same_roof_by_anchor_by_crs_and_in_ecef_is_within_five_centimetres(tmp_path: Path) -> None:
    write_obj(tmp_path / "local" / "house.obj")
    write_obj(tmp_path / "placed" / "house.obj", to_frame(CORNERS) + RIGHT - [0, 0, 54.2])
    write_ecef_tileset(tmp_path / "globe" / "tileset.json")
    catalog = write_catalog(
        tmp_path,
        model("by-anchor", "surface", "local/house.obj", ANCHOR),
        model("by-crs", "surface", "placed/house.obj", "crs: EPSG:4548", reference="local, offset_m: 54.2"),
        model("by-ecef", "tileset", "globe/tileset.json", "ecef: true", reference="ellipsoidal"),
    )
    wanted = (to_frame(RIDGE[None]) + RIGHT)[0]
    for name in ("by-anchor", "by-crs", "by-ecef"):
        found = nearest(vertices(built(catalog, name, tmp_path / "out")), wanted)
        assert np.linalg.norm(found - wanted) < 0.005, name


def test_an_anchor_turns_scales_and_shifts(tmp_path: Path) -> None:
    write_obj(tmp_path / "house" / "house.obj", CORNERS * 100 + [5000, 6000, 7000])
    more = "heading_deg: 90, scale: 0.01, origin: [5000, 6000, 7000]}"
    catalog = write_catalog(tmp_path, model("house", "surface", "house/house.obj", f"{ANCHOR[:-1]}, {more}"))
    # A model's north points east, and its east to the south.
    turned = np.array([RIDGE[1], -RIDGE[0], RIDGE[2]])
    wanted = (to_frame(turned[None]) + RIGHT)[0]
    found = nearest(vertices(built(catalog, "house", tmp_path / "out")), wanted)
    assert found == pytest.approx(wanted, abs=0.002)


def test_an_anchor_may_be_given_in_the_frame_and_a_file_may_stand_on_y(tmp_path: Path) -> None:
    write_obj(tmp_path / "house" / "house.obj", CORNERS[:, [0, 2, 1]] * [1, 1, -1])
    east, north, _ = to_frame(np.zeros((1, 3)))[0].tolist()
    anchor = f"anchor: {{east: {east!r}, north: {north!r}, height_m: {HEIGHT_M}}}"
    catalog = write_catalog(tmp_path, model("house", "surface", "house/house.obj", anchor, "up: Y"))
    wanted = (to_frame(RIDGE[None]) + RIGHT)[0]
    found = nearest(vertices(built(catalog, "house", tmp_path / "out")), wanted)
    assert found == pytest.approx(wanted, abs=0.002)


@given(st.floats(-20e3, 20e3), st.floats(-20e3, 20e3), st.floats(0, 500))
def test_what_is_placed_from_ecef_is_what_was_put_there(east: float, north: float, height: float) -> None:
    points = np.array([[FRAME.east + east, FRAME.north + north, height]])
    globe = frame_to_ecef(points, frame=FRAME, ellipsoid_minus_working_m=-7.35)
    assert from_ecef(7.35, frame=FRAME)(globe) == pytest.approx(points, abs=1e-3)


@given(st.floats(-5e3, 5e3), st.floats(-5e3, 5e3))
def test_a_plane_leaves_the_round_earth_as_its_closed_form_says(east: float, north: float) -> None:
    (found,) = tangent(LON, LAT, 100.0, frame=FRAME)(np.array([[east, north, 0.0]]))
    assert found[2] - 100.0 == pytest.approx((east**2 + north**2) / (2 * 6.37e6), abs=0.02)


def test_coordinates_that_do_not_fit_the_crs_are_told_with_what_to_mend(tmp_path: Path) -> None:
    write_obj(tmp_path / "house" / "house.obj", CORNERS + np.array([4.5e6, 5e5, 0]))
    catalog = write_catalog(tmp_path, model("house", "surface", "house/house.obj", "crs: EPSG:4326"))
    with pytest.raises(MeshError, match=r"house\.obj: .*mend the entry's crs, ecef or anchor"):
        built(catalog, "house", tmp_path / "out")


def test_heights_that_no_ground_has_are_refused(tmp_path: Path) -> None:
    write_obj(tmp_path / "house" / "house.obj", CORNERS)
    catalog = load_catalog(write_catalog(tmp_path, model("house", "surface", "house/house.obj", ANCHOR)))
    entry = catalog.entries["house"]
    assert isinstance(entry, ModelEntry)
    with pytest.raises(MeshError, match="60,200 m high"):
        place_of(catalog, entry)(CORNERS * [1, 1, 1e4])


def test_a_model_in_the_wrong_zone_is_refused(tmp_path: Path) -> None:
    write_obj(tmp_path / "house" / "house.obj", to_frame(CORNERS))
    catalog = write_catalog(tmp_path, model("house", "surface", "house/house.obj", "crs: EPSG:4544"))
    with pytest.raises(MeshError, match=r"house\.obj: stands 1,0\d\d km from the reservoir"):
        built(catalog, "house", tmp_path / "out")


def test_eastings_with_another_zone_s_number_are_told_without_a_distance(tmp_path: Path) -> None:
    write_obj(tmp_path / "house" / "house.obj", to_frame(CORNERS) + np.array([39e6, 0, 0]))
    catalog = write_catalog(tmp_path, model("house", "surface", "house/house.obj", "crs: EPSG:4548"))
    with pytest.raises(
        MeshError, match=r"house\.obj: stands nowhere on earth; its eastings begin .* zone 39"
    ):
        built(catalog, "house", tmp_path / "out")


def test_degrees_are_a_crs_like_any_other() -> None:
    east, north = FRAME.from_lonlat(LON, LAT)
    (found,) = from_crs("EPSG:4326", 2.0, frame=FRAME)(np.array([[LON, LAT, 10.0]]))
    assert found == pytest.approx([float(east), float(north), 12.0])

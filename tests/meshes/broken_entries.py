"""A catalog with an entry for every way in which files of the field go wrong, whole ones beside them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from rasterio.transform import from_origin

from tests.meshes.readers.foreign import b3dm, house, tile
from tests.small import CELL_M, NORTH, WEST, write_raster, write_small_basin

ANCHOR = "anchor: {east: 492010, north: 4483590, height_m: 158.2}"
LOCAL = "vertical: {reference: local}"
OBJ = "v 0 0 0\nv 10 0 0\nv 0 10 5\nf 1 2 3\n"
ROADS = '{"type": "FeatureCollection", "features": [%s]}'
ROAD = (
    '{"type": "Feature", "properties": {"name": %s}, "geometry": {"type": "LineString", "coordinates": %s}}'
)
HERE = "[[492000, 4483500], [492100, 4483600]]"
PLY = "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
FACE = "element face 1\nproperty list uchar int vertex_indices\nend_header\n0 0 0\n1 0 0\n0 1 1\n"
CURVE = "level_m,area_m2,storage_m3\n"
RUN = "time_local,level_m,inflow_m3s,release_m3s\n"
STATIONS = "STCD,STNM,STTP,LGTD,LTTD\n"
STREAMS = "station,property,interval_s\n30510101,level,3600\n"


class Broken:
    """Writes files and their entries into a small basin's catalog."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.catalog = write_small_basin(folder)
        self._entries: list[str] = []

    def add(self, name: str, kind: str, driver: str, uri: str, *more: str, data: str | bytes | None) -> None:
        """One entry, and its file where it has ``data``."""
        if data is not None:
            path = self.folder / uri
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.encode() if isinstance(data, str) else data)
        lines = (f"kind: {kind}", f"title: {{zh: 数据, en: {name}}}", f"driver: {driver}", f"uri: {uri}")
        rest = (*more, 'edition: "1"', "source: a test", "access: public")
        self._entries.append(f"  {name}:\n" + "".join(f"    {line}\n" for line in (*lines, *rest)))

    def model(self, name: str, driver: str, suffix: str, data: str | bytes, *more: str) -> None:
        """A model in a folder of its own."""
        self.add(name, "model", driver, f"{name}/{name}{suffix}", ANCHOR, LOCAL, *more, data=data)

    def write(self) -> Path:
        """The catalog with all that was added."""
        self.catalog.write_text(self.catalog.read_text("utf-8") + "".join(self._entries), "utf-8")
        return self.catalog


def vectors(basin: Broken) -> None:
    """Lines of GeoJSON, and what they lack."""
    road = ROAD % ('"x"', HERE)
    far = ROAD % ('"x"', "[[100.0, 20.5], [100.1, 20.5]]")
    crs = "crs: EPSG:4548"
    for name, data, more in (
        ("roads", ROADS % road, (crs,)),
        ("nameless", ROADS % road, (crs, "show: {label: nmae}")),
        ("placeless", ROADS % (road + ', {"type": "Feature", "properties": {}, "geometry": null}'), (crs,)),
        ("far", ROADS % far, ("crs: EPSG:4326",)),
        ("cut", (ROADS % road)[:60], (crs,)),
        ("hollow", ROADS % "", (crs,)),
        ("list", "[1, 2]", (crs,)),
        ("numbers", ROADS % (ROAD % ("1", '[["a", 1], [2, 3]]')), (crs,)),
        ("nothing", "", (crs,)),
        ("zeros", b"\0" * 300, (crs,)),
        ("bytes", b'{"type": "FeatureCollection", \xc3 "features": []}', (crs,)),
        ("misspelt", ROADS % road, (crs, "colour: red")),
    ):
        basin.add(name, "road", "vector", f"{name}.geojson", *more, data=data)
    basin.add("gone", "road", "vector", "gone.geojson", crs, data=None)
    basin.add("dxf", "road", "vector", "plan.dxf", crs, data="0\nSECTION\n")
    basin.add("shp", "road", "vector", "alone.shp", crs, data=b"\0\0\x27\x0a" + b"\0" * 96)
    basin.add("gpkg", "road", "vector", "cut.gpkg", crs, data=b"SQLite format 3\0" + b"\0" * 84)


def tables(basin: Broken) -> None:
    """Curves, runs and stations."""
    sound = "126,1e5,1e5\n140,1e6,1e7\n160,3e6,5e7\n"
    for name, data in (
        ("falling", CURVE + "160,3e6,5e7\n140,1e6,1e7\n126,1e5,2e5\n150,1,1\n"),
        ("feet", CURVE + "413,1e5,1e5\n459,1e6,1e7\n525,3e6,5e7\n"),
        ("columns", "a,b\n1,2\n"),
        ("words", CURVE + "low,much,more\n"),
        ("short", CURVE + "126,1e5\n"),
        ("rough", CURVE + sound),
        ("blank", ""),
        ("utf-16", (CURVE + sound).encode("utf-16")),
        ("sheet", b"PK\3\4" + b"\0" * 200),
    ):
        basin.add(name, "curve", "table", f"{name}.csv", "status: surveyed", data=data)
    for name, rows in (
        ("few", "2025-07-27 08:00,150,100,\n2025-07-27 14:00,151,200,\n"),
        ("when", "yesterday,150,100,80\n"),
        ("what", "2025-07-27 08:00,high,100,80\n"),
    ):
        basin.add(name, "run", "table", f"{name}.csv", "status: published", data=RUN + rows)
    places = "30510101,大坝站,RR,116.90,40.50\n3051E010,北庄站,XX,116.93,40.52\n9,远,PP,40.5,116.9\n"
    for name, data in (("net", STATIONS + places), ("odd", "a,b\n1,2\n"), ("none", STATIONS)):
        (basin.folder / f"{name}-streams.csv").write_text(STREAMS, "utf-8")
        streams = f"datastreams: {name}-streams.csv"
        basin.add(name, "stations", "table", f"{name}.csv", streams, "crs: EPSG:4490", data=data)
    streams = "datastreams: gone-streams.csv"
    basin.add("half", "stations", "table", "half.csv", streams, "crs: EPSG:4490", data=STATIONS + places)


def pictures(basin: Broken) -> None:
    """Land cover, imagery, the surroundings, and a second one of a kind."""
    cover = np.full((20, 20), 30, np.uint8)
    cover[:5] = 77
    place = from_origin(WEST, NORTH, 10 * CELL_M, 8 * CELL_M)
    write_raster(basin.folder / "cover.tif", cover, transform=place)  # type: ignore[arg-type]
    basin.add("cover", "landcover", "raster", "cover.tif", "classes: {30: grass}", data=None)
    basin.add("photo", "imagery", "raster", "photo.tif", data=b"II*\0\x08\0\0\0")
    write_raster(basin.folder / "far.tif", cover, transform=from_origin(600_000, 5_000_000, 10, 10))  # type: ignore[arg-type]
    basin.add("away", "imagery", "raster", "far.tif", data=None)
    basin.add("around", "surroundings", "raster", "around.tif", LOCAL, data=b"GIF89a")
    basin.add("second", "surroundings", "raster", "second.tif", LOCAL, data=b"GIF89a")


def models(basin: Broken) -> None:
    """Surfaces, clouds, tilesets and oblique photography."""
    for name, suffix, data in (
        ("obj", ".obj", OBJ),
        ("no-mtl", ".obj", "mtllib gone.mtl\nusemtl a\n" + OBJ),
        ("index", ".obj", OBJ.replace("2 3", "2 9")),
        ("words-obj", ".obj", "v a b c\nf 1 2 3\n"),
        ("flat", ".obj", "v 0 0 0\nv 0 0 0\nv 0 0 0\nf 1 2 3\n"),
        ("points-only", ".obj", "v 0 0 0\nv 1 0 0\n"),
        ("ply", ".ply", PLY + FACE + "3 0 1 2\n"),
        ("ply-cut", ".ply", PLY + FACE),
        ("ply-head", ".ply", "ply\nformat ascii 1.0\nelement vertex many\nend_header\n"),
        ("stl", ".stl", "solid x\nfacet\n"),
        ("glb", ".glb", b"glTF\2\0\0\0\xff\0\0\0"),
        ("glb-cut", ".glb", house().bytes()[:200]),
        ("gltf", ".gltf", '{"asset": {"version": "2.0"}, "meshes": [3]}'),
        ("gltf-list", ".gltf", "[]"),
        ("gltf-old", ".gltf", '{"asset": {"version": "1.0"}}'),
        ("dae", ".dae", "<COLLADA/>"),
    ):
        basin.model(name, "surface", suffix, data)
    basin.model("las", "points", ".las", b"LASF" + b"\0" * 400)
    basin.model("laz", "points", ".laz", b"")
    basin.model("xyz", "points", ".xyz", "1 2 3\n")
    basin.model("far-away", "surface", ".obj", OBJ)
    last = basin._entries.pop().replace("east: 492010", "east: 1492010")
    basin._entries.append(last)
    whole = b3dm(house().bytes())
    leaves = [tile("a.b3dm"), tile("b.b3dm"), tile("gone.b3dm"), tile("http://x.example.org/b.glb")]
    for name, root in (
        ("town", tile("r.b3dm", 8, children=leaves)),
        ("lost", tile(None, 8, children=[tile("gone.b3dm")])),
        ("odd-root", {"boundingVolume": {"box": [1]}, "geometricError": "x", "content": 3}),
        ("matrix", tile("r.b3dm", 8, transform=["a"] * 16)),
    ):
        content = {"asset": {"version": "1.0"}, "geometricError": 9, "root": root}
        basin.add(name, "model", "tileset", f"{name}/tileset.json", ANCHOR, LOCAL, data=json.dumps(content))
        (basin.folder / name / "r.b3dm").write_bytes(whole)
        (basin.folder / name / "a.b3dm").write_bytes(whole)
        (basin.folder / name / "b.b3dm").write_bytes(whole[:40])
    for name, data in (("no-json", "{"), ("no-root", "{}"), ("empty-set", "")):
        basin.add(name, "model", "tileset", f"{name}/tileset.json", ANCHOR, LOCAL, data=data)
    for name, data in (("xml", "<no>"), ("bare", "<ModelMetadata/>")):
        basin.add(name, "model", "osgb", f"{name}/metadata.xml", ANCHOR, LOCAL, data=data)


def broken_catalog(folder: Path) -> Path:
    """Writes all of them; returns the catalog's path."""
    basin = Broken(folder)
    for part in (vectors, tables, pictures, models):
        part(basin)
    return basin.write()

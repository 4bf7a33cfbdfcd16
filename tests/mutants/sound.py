"""A good file of every format that is read, and how it is read."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas
import numpy as np
import rasterio
import rasterio.shutil
import shapely
import trimesh
from rasterio.transform import Affine

from meshes.build.catalog_check import check
from meshes.readers.archive import opened_tileset
from meshes.readers.osgb import open_osgb, read_osgb
from meshes.readers.points import read_points
from meshes.readers.surface import read_surface
from meshes.readers.tileset import open_tileset, read_tile
from tests.meshes.readers.compressed import ETC1S
from tests.meshes.readers.foreign import HOUSE, ROOF, b3dm, draco_house, house, jpeg, tile
from tests.meshes.readers.old_tiles import cmpt, i3dm, pnts
from tests.meshes.readers.osgb_text import convert, geometry, group, pixels, texture
from tests.meshes.readers.test_archives import FILES, packed
from tests.meshes.readers.test_gltf_compressed import ktx2
from tests.meshes.readers.test_gltf_compressed import packed as under_meshopt
from tests.meshes.readers.test_implicit_tiles import tree
from tests.meshes.readers.test_ply_and_stl import write_painted_ply
from tests.meshes.readers.test_points_read import write_las
from tests.meshes.readers.test_surfaces_read import write_obj
from tests.meshes.readers.test_tilesets_read import subtree
from tests.twin.ingest.conftest import COMMON, KINDS
from twin.catalog import Entry
from twin.ingest import read_heights, read_landcover, read_picture, read_table, read_vector

FRAME = "EPSG:4548"
CATALOG = """version: 1
id: mutants
name: {zh: 试, en: Mutants}
synthetic: false
reservoir:
  name: {zh: 库, en: Reservoir}
  seed: {east: 480050, north: 4489950}
  lowest_m: 126.0
  highest_m: 160.0
entries:
  curve:
    kind: curve
    title: {zh: 曲线, en: Curve}
    driver: table
    uri: a.csv
    status: surveyed
    edition: "2021"
    source: survey of 2021
    access: internal
"""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """``path`` is read by ``read``; ``changed`` is the file to change, itself or one that belongs to it."""

    name: str
    path: Path
    read: Callable[[], object]
    changed: Path


def kinds(folder: Path) -> Iterator[Kind]:
    """Good files, each kind in a folder of its own."""
    for make in (_rasters, _other_rasters, _vectors, _tables, _surfaces, _tiles, _clouds, _trees):
        yield from make(folder / make.__name__.strip("_"))


def _kind(path: Path, read: Callable[[Path], object], changed: Path | None = None) -> Kind:
    changed = changed or path
    return Kind(
        name=f"{path.parent.name}/{changed.name}", path=path, read=lambda: read(path), changed=changed
    )


def _entry(kind: str, **keys: object) -> Entry:
    model, defaults = KINDS[kind]
    return model.model_validate({"id": kind, "kind": kind, **COMMON, **defaults, **keys})


def _rasters(folder: Path) -> Iterator[Kind]:
    folder.mkdir()
    place = {"crs": FRAME, "transform": Affine(10, 0, 480_000, 0, -10, 4_490_000)}
    heights = np.add.outer(np.arange(40), np.arange(30)).astype(np.float32) + 120
    terrain, imagery = _entry("terrain"), _entry("imagery")
    for name, more in (
        ("plain.tif", {}),
        (
            "packed.tif",
            {"compress": "deflate", "predictor": 3, "tiled": True, "blockxsize": 16, "blockysize": 16},
        ),
    ):
        with rasterio.open(
            folder / name,
            "w",
            driver="GTiff",
            width=30,
            height=40,
            count=1,
            dtype="float32",
            nodata=-9999,
            **place,
            **more,
        ) as file:
            file.write(heights, 1)
        yield _kind(folder / name, lambda path: read_heights(path, terrain))  # type: ignore[arg-type]
    with rasterio.open(
        folder / "picture.tif",
        "w",
        driver="GTiff",
        width=30,
        height=40,
        count=3,
        dtype="uint8",
        photometric="rgb",
        compress="jpeg",
        **place,
    ) as file:
        file.write(np.broadcast_to(heights.astype(np.uint8), (3, 40, 30)))
    yield _kind(folder / "picture.tif", lambda path: read_picture(path, imagery))  # type: ignore[arg-type]
    beside = {
        "plain.tif.aux.xml": '<PAMDataset><PAMRasterBand band="1"><UnitType>m</UnitType>'
        "</PAMRasterBand></PAMDataset>",
        "plain.tfw": "10\n0\n0\n-10\n480005\n4489995\n",
    }
    for name, text in beside.items():
        (folder / name).write_text(text, encoding="utf-8")
        yield _kind(folder / "plain.tif", lambda path: read_heights(path, terrain), folder / name)  # type: ignore[arg-type]


def _other_rasters(folder: Path) -> Iterator[Kind]:
    """Heights, land cover and pictures in formats other than GeoTIFF."""
    folder.mkdir()
    place = {"crs": FRAME, "transform": Affine(10, 0, 480_000, 0, -10, 4_490_000)}
    tones = np.add.outer(np.arange(40), np.arange(30)).astype(np.uint8) + 120
    head = {"driver": "GTiff", "width": 30, "height": 40, "count": 3, "dtype": "uint8"}
    with rasterio.open(folder / "source.tif", "w", **head, **place) as file:
        file.write(np.broadcast_to(tones, (3, 40, 30)))
    with rasterio.open(folder / "single.tif", "w", **head | {"count": 1}, **place) as file:
        file.write(tones, 1)
    terrain, imagery = _entry("terrain", crs=FRAME), _entry("imagery", crs=FRAME)
    cover = _entry("landcover", crs=FRAME, classes={"130": "rock"})
    readers: dict[str, tuple[str, str, Callable[[Path], object]]] = {
        "a.asc": ("AAIGrid", "single", lambda path: read_heights(path, terrain)),  # type: ignore[arg-type]
        "b.img": ("HFA", "single", lambda path: read_landcover(path, cover)),  # type: ignore[arg-type]
        "c.jp2": ("JP2OpenJPEG", "source", lambda path: read_picture(path, imagery)),  # type: ignore[arg-type]
        "d.png": ("PNG", "source", lambda path: read_picture(path, imagery)),  # type: ignore[arg-type]
        "e.jpg": ("JPEG", "source", lambda path: read_picture(path, imagery)),  # type: ignore[arg-type]
    }
    for name, (driver, source, read) in readers.items():
        with rasterio.Env(GDAL_PAM_ENABLED="NO"):
            rasterio.shutil.copy(folder / f"{source}.tif", folder / name, driver=driver)
        world = f"{name[0]}.{name[2]}{name[-1]}w"
        (folder / world).write_text("10\n0\n0\n-10\n480005\n4489995\n", encoding="utf-8")
        yield _kind(folder / name, read)


def _vectors(folder: Path) -> Iterator[Kind]:
    folder.mkdir()
    shapes = [shapely.box(116.85, 40.5, 116.86, 40.51), shapely.box(116.87, 40.5, 116.88, 40.52)]
    frame = geopandas.GeoDataFrame(
        {"名称": ["村", "库"], "people": [12, 30]}, geometry=shapes, crs="EPSG:4326"
    )
    for name in ("a.shp", "b.shp", "a.gpkg", "a.geojson"):
        frame.to_file(folder / name, encoding="utf-8" if name.endswith(".shp") else None)
    for name, changed in (
        ("b.shp", "b.shx"),
        ("b.shp", "b.prj"),
        ("b.shp", "b.cpg"),
        ("a.shp", "a.shp"),
        ("b.shp", "b.dbf"),
        ("a.gpkg", "a.gpkg"),
        ("a.geojson", "a.geojson"),
    ):
        entry = _entry("road", uri=name, crs="EPSG:4326")
        yield _kind(
            folder / name,
            lambda path, entry=entry: read_vector(path, entry, crs=FRAME),  # type: ignore[misc]
            folder / changed,
        )


def _tables(folder: Path) -> Iterator[Kind]:
    folder.mkdir()
    rows = "".join(f"{level}.0,{level * 1000},{level * 100_000}\n" for level in range(126, 161))
    (folder / "a.csv").write_text("level_m,area_m2,storage_m3\n" + rows, encoding="utf-8")
    curve = _entry("curve")
    yield _kind(folder / "a.csv", lambda path: read_table(path, curve))  # type: ignore[arg-type]
    (folder / "catalog.yaml").write_text(CATALOG, encoding="utf-8")
    yield _kind(folder / "catalog.yaml", check)


def _surfaces(folder: Path) -> Iterator[Kind]:
    folder.mkdir()
    (folder / "航拍.jpg").write_bytes(jpeg())
    path = write_obj(folder)
    yield _kind(path, read_surface)
    for beside in (*folder.glob("*.mtl"), *folder.glob("*.jpg")):
        yield _kind(path, read_surface, beside)
    for kind in ("ply", "stl"):
        trimesh.Trimesh(HOUSE, ROOF).export(folder / f"a.{kind}")
        yield _kind(folder / f"a.{kind}", read_surface)
    trimesh.Trimesh(HOUSE, ROOF).export(folder / "text.ply", encoding="ascii")
    yield _kind(folder / "text.ply", read_surface)
    write_painted_ply(folder / "painted.ply")
    yield _kind(folder / "painted.ply", read_surface)
    glb = house(picture=jpeg((64, 64)))
    (folder / "a.glb").write_bytes(glb.bytes())
    (folder / "draco.glb").write_bytes(draco_house().bytes())
    glb.json["buffers"][0]["uri"] = "data:;base64," + base64.b64encode(glb.binary).decode()
    (folder / "a.gltf").write_text(json.dumps(glb.json), encoding="ascii")
    (folder / "meshopt.glb").write_bytes(under_meshopt(house()).bytes())
    (folder / "ktx2.glb").write_bytes(ktx2(ETC1S).bytes())
    names = ("a.glb", "draco.glb", "a.gltf", "meshopt.glb", "ktx2.glb")
    yield from (_kind(folder / name, read_surface) for name in names)


def _tiles(folder: Path) -> Iterator[Kind]:
    folder.mkdir()
    data = b3dm(house(picture=jpeg((64, 64))).bytes(), RTC_CENTER=[1, 2, 3])
    (folder / "a.b3dm").write_bytes(data)
    (folder / "b.b3dm").write_bytes(data)
    root = tile("a.b3dm", 8, children=[tile("b.b3dm", 2, transform=np.eye(4).ravel().tolist())])
    told = {"asset": {"version": "1.0"}, "geometricError": 9, "root": root}
    (folder / "tileset.json").write_text(json.dumps(told), encoding="ascii")
    yield _kind(folder / "a.b3dm", read_tile)
    yield _kind(folder / "tileset.json", open_tileset)
    places = np.array([[0, 0, 0], [1, 0, 0], [0, 5, 0], [1, 2, 3]], np.float32)
    glb = house().bytes()
    for name, content in (
        ("a.pnts", pnts(4, {"RTC_CENTER": [1, 2, 3]}, POSITION=places)),
        ("a.i3dm", i3dm(glb, 4, POSITION=places)),
        ("a.cmpt", cmpt(b3dm(glb), pnts(4, POSITION=places))),
    ):
        (folder / name).write_bytes(content)
        yield _kind(folder / name, read_tile)
    yield _kind(packed(folder / "a.3tz", FILES), _archive)
    (folder / "implicit").mkdir()
    for name, content in {"s0.0.0": subtree("1", "1", "0000"), "0.0.0.b3dm": data}.items():
        (folder / "implicit" / name).write_bytes(content)
    told = {"asset": {"version": "1.1"}, "root": tree("QUADTREE", 1)}
    (folder / "implicit" / "tileset.json").write_text(json.dumps(told), encoding="ascii")
    yield _kind(folder / "implicit" / "tileset.json", open_tileset, folder / "implicit" / "s0.0.0")


def _archive(path: Path) -> None:
    with opened_tileset(path) as tileset:
        tileset.read(0)


def _clouds(folder: Path) -> Iterator[Kind]:
    folder.mkdir()
    for path in (write_las(folder / "a.las"), write_las(folder / "a.laz", version="1.4", format_=7)):
        yield _kind(path, lambda path: read_points(path, crs=FRAME))


def _trees(folder: Path) -> Iterator[Kind]:
    block = folder / "Data" / "T"
    block.mkdir(parents=True)
    (block / "T.osgb").touch()
    text = "<SRS>EPSG:4548</SRS><SRSOrigin>442000,4480000,155</SRSOrigin>"
    (folder / "metadata.xml").write_text(f"<ModelMetadata>{text}</ModelMetadata>", encoding="utf-8")
    yield _kind(folder / "metadata.xml", open_osgb)
    if shutil.which("osgconv"):
        image = pixels(bytes(range(192)), (8, 8), form=6407)
        path = convert(group(geometry(state=texture(image)), geometry(number=4)), block / "T.osgb")
        tree = open_osgb(folder)
        yield _kind(path, lambda path: read_osgb(tree, f"Data/T/{path.name}"))

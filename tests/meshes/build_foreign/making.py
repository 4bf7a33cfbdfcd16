"""A house of 10 × 8 × 6 m at a known place, in every form it may come in."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pyproj
from PIL import Image

from meshes.tiles import map_glb, read_tree
from tests.meshes.readers.foreign import b3dm, house, tile
from twin.arrays import F64

LON, LAT, HEIGHT_M = 116.9, 40.5, 200.0
SEPARATION_M = -7.35

# East, north and up: the ridge runs east.
CORNERS = np.array([[0, 0, 0], [10, 0, 0], [10, 8, 0], [0, 8, 0], [0, 4, 6], [10, 4, 6]], np.float64)
FACES = ((0, 1, 5), (0, 5, 4), (2, 3, 4), (2, 4, 5))
RIDGE = CORNERS[5]

HEAD = f"""version: 1
id: models
name: {{zh: 模型, en: Models}}
synthetic: true
vertical: {{edition: "1", working: EGM2008, geoid_separation_m: {SEPARATION_M}}}
reservoir:
  name: {{zh: 库, en: Reservoir}}
  seed: {{lon: {LON}, lat: {LAT}}}
  lowest_m: 126.0
  highest_m: 160.0
entries:
  terrain:
    kind: terrain
    title: {{zh: 地形, en: Terrain}}
    driver: raster
    uri: terrain.tif
    vertical: {{reference: EGM2008}}
    vertical_error_m: 0.5
    bed: surveyed
    edition: "1"
    source: nothing
    access: public
"""

ANCHOR = f"anchor: {{lon: {LON}, lat: {LAT}, height_m: {HEIGHT_M}}}"


def model(name: str, driver: str, uri: str, *more: str, reference: str = "EGM2008") -> str:
    """A model's entry in a catalog."""
    lines = [
        "kind: model",
        f"title: {{zh: 模型, en: {name}}}",
        f"driver: {driver}",
        f"uri: {uri}",
        f"vertical: {{reference: {reference}}}",
        'edition: "1"',
        "source: a test",
        "access: public",
        *more,
    ]
    return f"  {name}:\n" + "".join(f"    {line}\n" for line in lines)


def write_catalog(folder: Path, *models: str) -> Path:
    """A catalog of models; its terrain is an empty file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "terrain.tif").touch()
    path = folder / "data_catalog.yaml"
    path.write_text(HEAD + "".join(models), encoding="utf-8")
    return path


def write_obj(path: Path, corners: F64 = CORNERS) -> None:
    """The house with a picture, its corners anywhere."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), (200, 90, 40)).save(path.with_name("roof.png"))
    path.with_suffix(".mtl").write_text("newmtl roof\nmap_Kd roof.png\n")
    lines = [f"mtllib {path.stem}.mtl", "usemtl roof"]
    lines += [f"v {x!r} {y!r} {z!r}" for x, y, z in corners.tolist()]
    lines += ["vt 0 0", "vt 1 0", "vt 1 1"]
    lines += ["f " + " ".join(f"{corner + 1}/{k + 1}" for k, corner in enumerate(face)) for face in FACES]
    path.write_text("\n".join(lines) + "\n")


def to_ecef(points: F64, height_m: float = HEIGHT_M + SEPARATION_M) -> F64:
    """Metres east, north and up of the house's place to ECEF, by PROJ alone."""
    steps = (
        f"+proj=pipeline +step +inv +proj=topocentric +ellps=WGS84 +lon_0={LON} +lat_0={LAT} +h_0={height_m}"
    )
    return np.column_stack(pyproj.Transformer.from_pipeline(steps).transform(*points.T))


def to_frame(points: F64, height_m: float = HEIGHT_M + SEPARATION_M) -> F64:
    """The same to EPSG:4548 and ellipsoidal height, by PROJ alone."""
    steps = "+proj=pipeline +step +inv +proj=cart +ellps=WGS84 "
    steps += "+step +proj=tmerc +lon_0=117 +x_0=500000 +ellps=GRS80"
    return np.column_stack(pyproj.Transformer.from_pipeline(steps).transform(*to_ecef(points, height_m).T))


def write_ecef_tileset(path: Path) -> None:
    """A tileset of one b3dm, whose transform leads to ECEF."""
    axes = to_ecef(np.vstack([np.zeros(3), 1000 * np.eye(3)]))
    matrix = np.eye(4)
    matrix[:3, :3] = (axes[1:] - axes[0]).T / 1000
    matrix[:3, 3] = axes[0]
    write_tileset(path, tile("house.b3dm", transform=matrix.T.ravel().tolist()), {"house.b3dm": b3dm(_glb())})


def write_tileset(path: Path, root: dict[str, object], files: dict[str, bytes]) -> None:
    """A tileset with the files that it names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"asset": {"version": "1.0"}, "geometricError": 100, "root": root}))
    for name, data in files.items():
        (path.parent / name).write_bytes(data)


def _glb() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 90, 40)).save(picture, "JPEG")
    return house(picture=picture.getvalue()).bytes()


def vertices(folder: Path) -> F64:
    """All vertices of a tileset of ours, (n, 3): east, north and working height."""
    found = []
    for name in read_tree(folder).content:
        if name:
            content = map_glb(folder / name)
            found += [part.position + np.array(content.centre) for part in content.primitives]
    return np.concatenate(found)


def nearest(points: F64, wanted: F64) -> F64:
    """The one of the points (n, 3) that is nearest to another."""
    return points[np.linalg.norm(points - wanted, axis=1).argmin()]

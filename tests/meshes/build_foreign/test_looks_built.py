"""What a surface's reader found out about its look is in the tiles that are built of it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from meshes.build.foreign.surfaces import build_surface
from meshes.tiles import Primitive, map_glb
from tests.meshes.readers.foreign import jpeg

SQUARE = "v {x} 0 0\nv {y} 0 0\nv {y} 4 0\nv {x} 4 0\n"
CORNER = np.array([5e5, 4.4e6, 100.0])
RED, GREEN, BLUE = (220, 30, 30), (30, 200, 30), (30, 30, 220)


def built(folder: Path, name: str) -> tuple[list[Primitive], tuple[str, ...]]:
    """The parts of the only tile of a small surface, and what was told."""
    out = folder / "out"
    out.mkdir()
    made = build_surface(
        out, folder / name, place=lambda points: points + CORNER, z_up=None, progress=lambda part: None
    )
    (content,) = made.tree.content
    return list(map_glb(out / content).primitives), made.notes


def area_m2(part: Primitive) -> float:
    assert part.triangles is not None
    a, b, c = part.position[part.triangles].astype(float).transpose(1, 0, 2)
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def pixels(part: Primitive) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    assert part.image is not None
    return np.asarray(Image.open(io.BytesIO(bytes(part.image))))


def at_middles(part: Primitive) -> np.ndarray[tuple[int, int], np.dtype[np.int_]]:
    """The picture's colour in the middle of each triangle."""
    assert part.tcoord is not None
    assert part.triangles is not None
    image = pixels(part)
    x, y = (part.tcoord[part.triangles].mean(axis=1) * (image.shape[1], image.shape[0])).astype(int).T
    return image[y, x].astype(int)


def test_an_obj_s_looks_are_those_of_its_tiles(tmp_path: Path) -> None:
    holed = np.full((32, 32, 4), (*GREEN, 255), np.uint8)
    holed[8:24, 8:24, 3] = 0
    Image.fromarray(holed).save(tmp_path / "holed.png")
    (tmp_path / "red.jpg").write_bytes(jpeg((32, 32), RED))
    (tmp_path / "a.mtl").write_text(
        "newmtl red\nKd 0 0 0\nmap_Kd C:\\job\\red.jpg\n"
        "newmtl holed\nmap_Kd holed.png\n"
        "newmtl gone\nKd 0.1 0.1 0.9\nmap_Kd gone.jpg\n"
        "newmtl glass\nKd 1 1 1\nd 0.4\n"
    )
    lines = ["mtllib a.mtl", "vt 0 0", "vt 1 0", "vt 1 1", "vt 0 1"]
    for k, name in enumerate(("red", "holed", "gone", "glass")):
        lines += [SQUARE.format(x=10 * k, y=10 * k + 4), f"usemtl {name}", "f -4/1 -3/2 -2/3 -1/4"]
    lines += ["usemtl red", "f 1 2 3"]  # without coordinates
    (tmp_path / "a.obj").write_text("\n".join(lines))
    parts, notes = built(tmp_path, "a.obj")
    found = {(part.image is not None, part.finish.alpha): part for part in parts}
    assert found.keys() == {(True, "opaque"), (True, "mask"), (False, "opaque"), (False, "blend")}
    assert [round(area_m2(part)) for part in found.values()].count(16) >= 3
    assert np.abs(at_middles(found[True, "opaque"]) - RED).max() < 12
    clear = pixels(found[True, "mask"])[..., 3] == 0
    assert 0.1 < clear.mean() < 0.3
    bare = found[False, "opaque"]
    assert bare.colour is not None
    assert {tuple(row) for row in bare.colour.tolist()} == {(26, 26, 230, 255), (255, 255, 255, 255)}
    assert area_m2(bare) == pytest.approx(16 + 8)
    glass = found[False, "blend"]
    assert glass.colour is not None
    assert {tuple(row) for row in glass.colour.tolist()} == {(255, 255, 255, 102)}
    assert len(notes) == 2


def test_a_ply_s_pictures_are_each_on_their_faces(tmp_path: Path) -> None:
    (tmp_path / "r.jpg").write_bytes(jpeg((32, 32), RED))
    (tmp_path / "b.jpg").write_bytes(jpeg((32, 32), BLUE))
    (tmp_path / "a.ply").write_text(
        "ply\nformat ascii 1.0\ncomment TextureFile r.jpg\ncomment TextureFile b.jpg\nelement vertex 4\n"
        "property float x\nproperty float y\nproperty float z\nelement face 2\n"
        "property list uchar int vertex_indices\nproperty list uchar float texcoord\nproperty int texnumber\n"
        "end_header\n0 0 0\n4 0 0\n4 4 0\n0 4 0\n3 0 1 2 6 0 0 1 0 1 1 1\n3 0 2 3 6 0 0 1 1 0 1 0\n"
    )
    (part,), notes = built(tmp_path, "a.ply")
    assert notes == ()
    assert part.triangles is not None
    east = part.position[part.triangles, 0].mean(axis=1) > 0
    colours = at_middles(part)
    assert np.abs(colours[east] - BLUE).max() < 12
    assert np.abs(colours[~east] - RED).max() < 12


@pytest.mark.parametrize(
    ("library", "colours"),
    [
        ("newmtl wall\nKd 1 1 1\n", {(255, 255, 255, 255)}),
        ("newmtl wall\nKd 1 1 1\nmap_Kd gone.jpg\n", {(255, 255, 255, 255)}),
        ("newmtl wall\nillum 2\n", None),
    ],
)
def test_white_that_a_file_says_is_no_colour_of_ours(
    tmp_path: Path, library: str, colours: set[tuple[int, ...]] | None
) -> None:
    (tmp_path / "a.mtl").write_text(library)
    square = SQUARE.format(x=0, y=4)
    (tmp_path / "a.obj").write_text(f"mtllib a.mtl\n{square}vt 0 0\nusemtl wall\nf 1/1 2/1 3/1 4/1\n")
    (part,), _ = built(tmp_path, "a.obj")
    assert (None if part.colour is None else {tuple(row) for row in part.colour.tolist()}) == colours


def test_vertices_that_are_all_white_stay_white(tmp_path: Path) -> None:
    (tmp_path / "a.ply").write_text(
        "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
        "property uchar red\nproperty uchar green\nproperty uchar blue\nelement face 1\n"
        "property list uchar int vertex_indices\nend_header\n"
        "0 0 0 255 255 255\n4 0 0 255 255 255\n0 4 0 255 255 255\n3 0 1 2\n"
    )
    (part,), _ = built(tmp_path, "a.ply")
    assert part.colour is not None
    assert part.colour.min() == 255

"""OBJ, PLY, STL and GLB as others write them come back where they stand, with their pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from hypothesis import given
from hypothesis import strategies as st

from meshes.readers.surface import SurfaceData, read_surface
from tests.meshes.readers.foreign import HOUSE, ROOF, UV, draco_house, house, jpeg

# The house with Z up: what was up is up, what was towards the reader is south.
UPRIGHT = HOUSE[:, [0, 2, 1]] * [1, -1, 1]

OBJ = """mtllib {mtl}
v 0 0 0
v 10 0 0
v 10 8 0
v 0 8 0
v 0 4 6
v 10 4 6
vt 0 0
vt 1 0
vt 1 1
vt 0 1
usemtl {roof}
f 1/1 2/2 6/3 5/4
usemtl wall
f -6/1 -3/2 -2/3
"""


def corners(data: SurfaceData) -> np.ndarray[Any, Any]:
    """(m, 3, 3): the triangles' places, whatever way the vertices are shared."""
    return np.concatenate([part.position[part.triangles] for part in data.parts])


def write_obj(
    folder: Path, *, encoding: str = "utf-8", picture: str = "航拍.jpg", mtl: str = "村庄.mtl"
) -> Path:
    (folder / mtl).write_bytes(
        f"newmtl 屋顶\nKd 1 0 0\nmap_Kd {picture}\nnewmtl wall\nKd 0 0.5 1\n".encode(encoding)
    )
    path = folder / "a.obj"
    path.write_bytes(OBJ.format(mtl=mtl, roof="屋顶").encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_an_obj_finds_its_chinese_picture(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "航拍.jpg").write_bytes(jpeg())
    roof, wall = read_surface(write_obj(tmp_path, encoding=encoding)).parts
    assert roof.material == "屋顶"
    assert roof.image == jpeg()
    assert roof.position[roof.triangles].tolist() == [
        [[0, 0, 0], [10, 0, 0], [10, 4, 6]],
        [[0, 0, 0], [10, 4, 6], [0, 4, 6]],
    ]
    assert roof.tcoord is not None
    assert roof.tcoord[roof.triangles[0]].tolist() == [[0, 1], [1, 1], [1, 0]]  # from the top
    assert wall.image is None
    assert wall.base == (0, 128, 255, 255)
    assert wall.position[wall.triangles].tolist() == [[[0, 0, 0], [0, 8, 0], [0, 4, 6]]]


def test_a_picture_with_another_case_is_found_and_a_missing_one_noted(tmp_path: Path) -> None:
    path = write_obj(tmp_path, picture="Roof.JPG")
    assert "Roof.JPG" in read_surface(path).notes[0]
    (tmp_path / "roof.jpg").write_bytes(jpeg())
    data = read_surface(path)
    assert data.notes == ()
    assert data.parts[0].image == jpeg()


def test_a_picture_of_another_kind_becomes_a_jpeg(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (4, 4), (9, 9, 200)).save(tmp_path / "a.bmp")
    data = read_surface(write_obj(tmp_path, picture="a.bmp"))
    assert (data.parts[0].image or b"")[:3] == b"\xff\xd8\xff"


def test_an_obj_with_odd_lines_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.obj"
    path.write_bytes(
        b"# made by hand\r\n\r\no thing\r\nv\t0 0 0 1 0 0\r\nv 1 0 0 0 1 0 # red\r\n"
        b"v 1 1 0 0 0 1\r\nv 0 1 0 1 1 1\r\n"
        b"vn 0 0 1\r\ns off\r\nf 1//1 2//1 \\\r\n 3//1 4//1\r\nf 1 2\r\nl 1 2\r\nf 1/ 2/ 3/"
    )
    (part,) = read_surface(path).parts
    assert len(part.triangles) == 3
    assert part.colour is not None
    assert part.colour[part.triangles[0]].tolist() == [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255]]


@pytest.mark.parametrize("kind", ["ply", "stl", "obj", "glb"])
def test_what_trimesh_writes_comes_back(tmp_path: Path, kind: str) -> None:
    mesh = trimesh.creation.icosphere(subdivisions=2, radius=5.0)
    path = tmp_path / f"a.{kind}"
    mesh.export(path)
    found = corners(read_surface(path, z_up=True))
    assert found.shape == (320, 3, 3)
    assert np.linalg.norm(found, axis=2) == pytest.approx(5.0, abs=1e-5)
    outside = np.cross(found[:, 1] - found[:, 0], found[:, 2] - found[:, 0])
    assert (np.einsum("ij,ij->i", outside, found.mean(axis=1)) > 0).all()


def test_a_ply_keeps_its_colours(tmp_path: Path) -> None:
    mesh = trimesh.Trimesh(HOUSE, ROOF, process=False)
    mesh.visual.vertex_colors = np.arange(24).reshape(6, 4).astype(np.uint8)
    mesh.export(tmp_path / "a.ply")
    (part,) = read_surface(tmp_path / "a.ply").parts
    assert part.colour is not None
    assert part.colour[2].tolist() == [8, 9, 10, 11]


def test_a_glb_is_turned_upright(tmp_path: Path) -> None:
    path = tmp_path / "a.glb"
    path.write_bytes(house(picture=jpeg()).bytes())
    (part,) = read_surface(path).parts
    assert part.position == pytest.approx(UPRIGHT)
    assert (part.triangles == ROOF).all()
    assert part.tcoord == pytest.approx(UV)
    assert part.image == jpeg()
    assert part.material == "roof"
    (lying,) = read_surface(path, z_up=True).parts
    assert lying.position == pytest.approx(HOUSE)


def test_a_draco_glb_is_the_same_house(tmp_path: Path) -> None:
    path = tmp_path / "a.glb"
    path.write_bytes(draco_house().bytes())
    assert corners(read_surface(path)) == pytest.approx(UPRIGHT[ROOF], abs=0.001)


def test_quantised_positions_and_coordinates_are_the_same_house(tmp_path: Path) -> None:
    glb = house()
    glb.json["accessors"][0] = glb.json["accessors"][
        glb.accessor(np.rint((HOUSE - [0, 0, -8]) * 1000).astype(np.uint16)[:, :3])
    ]
    glb.json["accessors"][1] = glb.json["accessors"][
        glb.accessor(np.rint(UV * 65535).astype(np.uint16), normalized=True)
    ]
    glb.json["nodes"][0] |= {"scale": [0.001] * 3, "translation": [0, 0, -8]}
    glb.json["extensionsRequired"] = ["KHR_mesh_quantization"]
    glb.json["meshes"][0]["primitives"][0]["material"] = 0
    glb.picture(jpeg())
    path = tmp_path / "a.glb"
    path.write_bytes(glb.bytes())
    (part,) = read_surface(path).parts
    assert part.position == pytest.approx(UPRIGHT, abs=1e-6)
    assert part.tcoord == pytest.approx(UV, abs=1e-5)


def test_a_texture_transform_is_done_to_the_coordinates(tmp_path: Path) -> None:
    glb = house(picture=jpeg())
    place = {"offset": [0.25, 0.5], "rotation": np.pi / 2, "scale": [0.5, 0.25]}
    texture = glb.json["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"]
    texture["extensions"] = {"KHR_texture_transform": place}
    path = tmp_path / "a.glb"
    path.write_bytes(glb.bytes())
    (part,) = read_surface(path).parts
    # Scaled, then u' = v, v' = -u, then moved.
    expected = np.stack([0.25 * UV[:, 1] + 0.25, -0.5 * UV[:, 0] + 0.5], axis=1)
    assert part.tcoord == pytest.approx(expected, abs=1e-6)


def test_the_picture_of_an_old_exporters_shader_is_found(tmp_path: Path) -> None:
    glb = house(picture=jpeg())
    values = {"u_shine": 1.0, "u_tex": {"index": 0, "texCoord": 0}}
    glb.json["materials"] = [{"extensions": {"KHR_techniques_webgl": {"technique": 0, "values": values}}}]
    glb.json["extensionsRequired"] = ["KHR_techniques_webgl"]
    (tmp_path / "a.glb").write_bytes(glb.bytes())
    assert read_surface(tmp_path / "a.glb").parts[0].image == jpeg()


def test_a_path_with_steps_up_is_its_own_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    write_obj(tmp_path, picture="a/b.jpg")
    (tmp_path / "a" / "b.jpg").write_bytes(jpeg())
    monkeypatch.chdir(tmp_path / "a")
    assert read_surface(Path("../a.obj")).parts[0].image == jpeg()


@given(data=st.data())
def test_every_corner_of_an_obj_keeps_its_place_and_its_point_in_the_picture(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    vertices, tcoords = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 6))
    corner = st.tuples(st.integers(1, vertices), st.integers(1, tcoords))
    faces = data.draw(st.lists(st.tuples(corner, corner, corner), min_size=1, max_size=8))
    folder = tmp_path_factory.mktemp("obj")
    (folder / "a.mtl").write_text("newmtl m\nmap_Kd a.jpg\n", encoding="ascii")
    (folder / "a.jpg").write_bytes(jpeg())
    lines = ["mtllib a.mtl", *(f"v {k} {k * k} 0" for k in range(vertices))]
    lines += [*(f"vt {k / 8} 0" for k in range(tcoords)), "usemtl m"]
    lines += ["f " + " ".join(f"{v}/{t}" for v, t in face) for face in faces]
    (folder / "a.obj").write_text("\n".join(lines), encoding="ascii")
    (part,) = read_surface(folder / "a.obj").parts
    assert part.tcoord is not None
    assert (part.position[part.triangles][:, :, 0] + 1).tolist() == [[v for v, _ in face] for face in faces]
    assert (part.tcoord[part.triangles][:, :, 0] * 8 + 1).tolist() == [[t for _, t in face] for face in faces]
    assert len(part.position) == len({point for face in faces for point in face})


def test_nodes_stand_in_each_other_and_a_mirror_keeps_the_outside_out(tmp_path: Path) -> None:
    glb = house()
    glb.json["nodes"] = [
        {"children": [1], "rotation": [0, 2**-0.5, 0, 2**-0.5]},  # a quarter round the upward axis
        {"mesh": 0, "scale": [-1, 1, 1], "translation": [1, 2, 3]},
    ]
    path = tmp_path / "a.glb"
    path.write_bytes(glb.bytes())
    (part,) = read_surface(path).parts
    x, y, z = (HOUSE * [-1, 1, 1] + [1, 2, 3]).T
    turned = np.stack([z, y, -x], axis=1)
    assert part.position == pytest.approx(turned[:, [0, 2, 1]] * [1, -1, 1], abs=1e-5)
    assert (part.triangles == ROOF[:, ::-1]).all()


@pytest.mark.parametrize(("mode", "expected"), [(5, [[0, 1, 2], [2, 1, 3]]), (6, [[0, 1, 2], [0, 2, 3]])])
def test_strips_and_fans_become_triangles(tmp_path: Path, mode: int, expected: list[list[int]]) -> None:
    glb = house(triangles=np.arange(4, dtype=np.uint16))
    glb.json["meshes"][0]["primitives"][0]["mode"] = mode
    path = tmp_path / "a.glb"
    path.write_bytes(glb.bytes())
    assert read_surface(path).parts[0].triangles.tolist() == expected


def test_batch_ids_and_colours_come_along(tmp_path: Path) -> None:
    colour = np.array([[255, 0, 0, 255]] * 6, np.uint8)
    glb = house(_BATCHID=np.array([0, 0, 0, 1, 1, 1], np.float32), COLOR_0=colour)
    path = tmp_path / "a.glb"
    path.write_bytes(glb.bytes())
    (part,) = read_surface(path).parts
    assert part.feature is not None
    assert part.feature.tolist() == [1, 1, 1, 2, 2, 2]  # 0 is nobody
    assert part.colour is not None
    assert part.colour[0].tolist() == [255, 0, 0, 255]


def test_a_gltf_reads_its_files(tmp_path: Path) -> None:
    import json

    glb = house(picture=jpeg())
    glb.bytes()
    glb.json["buffers"][0]["uri"] = "%E6%9D%91.bin?v=2"
    glb.json["images"] = [{"uri": "屋顶.jpg"}]
    (tmp_path / "村.bin").write_bytes(glb.binary)
    (tmp_path / "屋顶.jpg").write_bytes(jpeg())
    (tmp_path / "a.gltf").write_text(json.dumps(glb.json), encoding="utf-8")
    (part,) = read_surface(tmp_path / "a.gltf").parts
    assert part.position == pytest.approx(UPRIGHT)
    assert part.image == jpeg()


@pytest.mark.real
def test_the_aerial_photograph_is_found(shared: Path) -> None:
    data = read_surface(shared / "meshes" / "aerial_obj" / "Untitled.obj", z_up=False)
    pictures = {part.material: len(part.image or b"") for part in data.parts}
    assert pictures["材质"] == (shared / "meshes" / "aerial_obj" / "航拍.jpg").stat().st_size
    assert data.triangles == 13980

"""Files that are broken or mean harm: one clear line each, and never a crash."""

from __future__ import annotations

import base64
import gzip
import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from meshes.errors import (
    DamagedError,
    ForeignFileError,
    MissingForeignError,
    OverLimitError,
    UnsafeUriError,
    UnsupportedForeignError,
)
from meshes.guard import Limits
from meshes.readers.points import read_points
from meshes.readers.surface import read_surface
from meshes.readers.tileset import open_tileset, read_tile
from tests.meshes.readers.foreign import HOUSE, ROOF, Glb, b3dm, draco_house, house, jpeg, png_of, tile
from tests.meshes.readers.test_points_read import write_las
from tests.meshes.readers.test_surfaces_read import write_obj

Write = Callable[..., Path]
RANDOM = np.random.default_rng(3).bytes(4096)
LIMITS = Limits(memory_mib=1024, cpu_s=8, wall_s=9)
ENDINGS = ("obj", "ply", "stl", "glb", "gltf", "b3dm", "json", "las", "laz")


def read(path: Path) -> object:
    """By the ending, as a catalog would."""
    kind = path.suffix[1:]
    if kind == "json":
        return open_tileset(path, limits=LIMITS)
    if kind in ("las", "laz"):
        return read_points(path, crs="EPSG:4548", limits=LIMITS)
    if kind == "b3dm":
        return read_tile(path, limits=LIMITS)
    return read_surface(path, limits=LIMITS)


def sound(folder: Path) -> Iterator[Path]:
    """A good file of each kind."""
    (folder / "航拍.jpg").write_bytes(jpeg())
    yield write_obj(folder)
    for kind in ("ply", "stl"):
        trimesh.Trimesh(HOUSE, ROOF).export(folder / f"a.{kind}")
        yield folder / f"a.{kind}"
    trimesh.Trimesh(HOUSE, ROOF).export(folder / "text.ply", encoding="ascii")
    yield folder / "text.ply"
    glb = house(picture=jpeg((64, 64)))
    (folder / "a.glb").write_bytes(glb.bytes())
    (folder / "a.b3dm").write_bytes(b3dm(glb.bytes(), RTC_CENTER=[1, 2, 3]))
    (folder / "draco.glb").write_bytes(draco_house().bytes())
    glb.json["buffers"][0]["uri"] = "data:;base64," + base64.b64encode(glb.binary).decode()
    (folder / "a.gltf").write_text(json.dumps(glb.json), encoding="ascii")
    root = tile("a.b3dm", 8, children=[tile("b.b3dm", 2, transform=np.eye(4).ravel().tolist())])
    (folder / "tileset.json").write_text(
        json.dumps({"asset": {"version": "1.0"}, "geometricError": 9, "root": root}), encoding="ascii"
    )
    yield from (folder / name for name in ("a.glb", "a.b3dm", "draco.glb", "a.gltf", "tileset.json"))
    yield write_las(folder / "a.las")
    yield write_las(folder / "a.laz", version="1.4", format_=7)


def refused(kind: type[ForeignFileError], words: str | None, call: Callable[[], object]) -> None:
    """One line that names the file."""
    with pytest.raises(kind, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert str(caught.value.data["path"]) in str(caught.value)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("content", [b"", RANDOM, b"\0" * 600], ids=["empty", "random", "zeros"])
def test_a_file_without_sense_is_damaged(tmp_path: Path, ending: str, content: bytes) -> None:
    path = tmp_path / f"a.{ending}"
    path.write_bytes(content)
    refused(DamagedError, None, lambda: read(path))


def test_a_file_cut_off_anywhere_has_a_verdict(tmp_path: Path) -> None:
    for path in sound(tmp_path):
        whole = path.read_bytes()
        read(path)
        for share in (0.03, 0.5, 0.97):
            path.write_bytes(whole[: int(len(whole) * share)])
            if path.suffix in (".obj", ".stl", ".laz") or path.name == "text.ply":  # a part may be sound too
                try:
                    read(path)
                except ForeignFileError as error:
                    assert str(path) in str(error)
            else:
                refused(ForeignFileError, None, lambda path=path: read(path))  # type: ignore[misc]
        path.write_bytes(whole)


def test_an_archive_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(50 << 20))
    for ending in ENDINGS:
        path = tmp_path / f"a.{ending}"
        path.write_bytes((tmp_path / "a.zip").read_bytes())
        refused(ForeignFileError, None, lambda path=path: read(path))  # type: ignore[misc]


@pytest.mark.parametrize("name", ["a.b3dm", "tileset.json"])
def test_a_bomb_of_gzip_is_put_out(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(bytes(260 << 20), compresslevel=1))
    refused(OverLimitError, "unpacks to more than|memory", lambda: read(tmp_path / name))


def test_a_texture_of_60000_pixels_a_side_is_told_by_its_header(tmp_path: Path) -> None:
    (tmp_path / "航拍.jpg").write_bytes(png_of(60_000, 60_000))
    data = read_surface(write_obj(tmp_path))
    assert data.parts[0].image is None
    assert "60,000 × 60,000 pixels" in data.notes[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (png_of(60_000, 60_000), "60,000 × 60,000 pixels"),
        (jpeg((256, 256))[:-200], "damaged"),
        (RANDOM, "is no picture"),
        (b"\xabKTX 20\xbb\r\n", "damaged KTX2"),
    ],
    ids=["huge", "cut off", "random", "ktx2"],
)
def test_a_broken_texture_is_named_and_the_shape_kept(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "a.b3dm").write_bytes(b3dm(house(picture=data).bytes()))
    found = read_tile(tmp_path / "a.b3dm", limits=LIMITS)
    assert found.triangles == 4
    assert found.parts[0].image is None
    (note,) = found.notes
    assert words in note
    assert "images[0]" in note


def bad_glbs() -> dict[str, tuple[Glb, str]]:
    """GLBs that are wrong in one thing, and the words that should say so."""
    nan = HOUSE.copy()
    nan[2, 1] = np.nan
    far = HOUSE.copy()
    far[0] = 3e30
    found = {
        "index": (house(triangles=ROOF + 3), "names vertex 8 of 6"),
        "nan": (house(position=nan), "no place"),
        "far": (house(position=far), "units away"),
        "short": (house(position=HOUSE[:4]), "differ in length|names vertex"),
        "draco": (draco_house(broken=40), "Draco"),
        "draco nothing": (draco_house(broken=10**6), "Draco"),
    }
    for name, path, value, words in (
        ("count", ("accessors", 0, "count"), 2**31 - 1, "outside bufferViews"),
        ("offset", ("bufferViews", 0, "byteOffset"), 10**9, "outside its buffer"),
        ("negative", ("bufferViews", 0, "byteOffset"), -8, "outside its buffer"),
        ("mesh", ("nodes", 0, "mesh"), 7, r"meshes\[7\]"),
        ("loop", ("nodes", 0, "children"), [0], "nodes inside themselves"),
        ("matrix", ("nodes", 0, "matrix"), [1, 2, 3], "not 16 numbers"),
        ("type", ("accessors", 0, "componentType"), 77, "unknown type"),
        ("lines only", ("meshes", 0, "primitives", 0, "mode"), 1, "no triangle: primitives of lines"),
        ("points", ("meshes", 0, "primitives", 0, "mode"), 0, "nothing but points"),
        (
            "lacks",
            ("meshes", 0, "primitives", 0, "attributes"),
            {},
            "no triangle: primitives without POSITION",
        ),
        ("splats", ("extensionsRequired",), ["KHR_gaussian_splatting"], "Gaussian splats"),
        ("other", ("extensionsRequired",), ["ACME_thing"], "ACME_thing"),
        ("instances", ("nodes", 0, "extensions"), {"EXT_mesh_gpu_instancing": {"a": 1}}, "instances"),
        ("http", ("buffers",), [{"uri": "https://example.org/a.bin", "byteLength": 4}], "nothing is fetched"),
    ):
        glb = house()
        place: Any = glb.json
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        found[name] = (glb, words)
    return found


@pytest.mark.parametrize("name", bad_glbs())
def test_a_glb_says_what_is_wrong_with_it(tmp_path: Path, name: str) -> None:
    glb, words = bad_glbs()[name]
    data = glb.bytes()
    if name == "http":
        glb.json["buffers"] = [{"uri": "https://example.org/a.bin", "byteLength": 4}]
        data = json.dumps(glb.json).encode()
        (tmp_path / "a.gltf").write_bytes(data)
        refused(UnsafeUriError, words, lambda: read(tmp_path / "a.gltf"))
        return
    (tmp_path / "a.glb").write_bytes(data)
    refused(ForeignFileError, words, lambda: read(tmp_path / "a.glb"))


@pytest.mark.parametrize("kind", [b"vctr", b"geom"])
def test_other_tiles_are_named(tmp_path: Path, kind: bytes) -> None:
    (tmp_path / "a.b3dm").write_bytes(kind + bytes(60))
    refused(UnsupportedForeignError, kind.decode(), lambda: read(tmp_path / "a.b3dm"))


OUTSIDE = ["../secret.json", "/etc/passwd", "http://example.org/a.json", "file:///etc/passwd", "C:\\a.json"]
OUTSIDE += ["a/../../secret.json", "..%2Fsecret.json", "\\\\server\\a.json", "link/a.json"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    (tmp_path / "secret.json").write_text(json.dumps({"asset": {"version": "1.0"}, "root": tile("x.b3dm")}))
    (tmp_path / "a.json").write_bytes((tmp_path / "secret.json").read_bytes())
    (folder / "link").symlink_to(tmp_path)
    path = folder / "tileset.json"
    path.write_text(json.dumps({"asset": {"version": "1.0"}, "root": tile(name)}), encoding="utf-8")
    refused(UnsafeUriError, "names", lambda: read(path))


@pytest.mark.parametrize("name", ["../a.jpg", "/etc/passwd", "http://example.org/a.jpg", "D:\\job\\a.jpg"])
def test_a_texture_outside_is_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.jpg").write_bytes(jpeg())
    path = write_obj(tmp_path / "sub", picture=name)
    data = read_surface(path)
    assert [part.image for part in data.parts] == [None, None]
    assert len(data.notes) == 1
    assert "names" in data.notes[0]
    if name == "../a.jpg":
        assert read_surface(path, root=tmp_path).parts[0].image == jpeg()


def test_a_tile_that_is_a_link_out_of_its_tileset_is_refused(tmp_path: Path, write_tileset: Write) -> None:
    outside = tmp_path / "a.b3dm"
    outside.write_bytes(b3dm(house().bytes()))
    path = write_tileset(tile("a.b3dm"), name="sub/tileset.json")
    (path.parent / "a.b3dm").symlink_to(outside)
    refused(UnsafeUriError, "leads out", lambda: open_tileset(path).read(0))


def test_a_missing_tile_is_missing(write_tileset: Write) -> None:
    refused(
        MissingForeignError, "no such file", lambda: open_tileset(write_tileset(tile("a.b3dm"), there=False))
    )


def test_tilesets_that_name_themselves_are_refused(write_tileset: Write) -> None:
    refused(DamagedError, "names itself", lambda: read(write_tileset(tile("tileset.json"))))
    first = write_tileset(tile("b.json"))
    write_tileset(tile("tileset.json"), name="b.json")
    refused(DamagedError, "names itself", lambda: read(first))


def test_nesting_has_an_end(write_tileset: Write, tmp_path: Path) -> None:
    deep = tile()
    for _ in range(70):
        deep = tile(children=[deep])
    refused(OverLimitError, "deeper than 64", lambda: read(write_tileset(deep)))
    text = '{"children":[' * 20_000 + "]}" * 20_000
    path = tmp_path / "deep.json"
    path.write_text('{"asset":{"version":"1.0"},"root":' + text + "}", encoding="ascii")
    refused(DamagedError, "nests too deep", lambda: read(path))
    for number in range(80):
        write_tileset(tile(f"{number + 1}.json"), name=f"{number}.json")
    refused(OverLimitError, "deeper than 64", lambda: read(tmp_path / "0.json"))


def test_tiles_have_an_end(write_tileset: Write) -> None:
    many = {"children": [{"boundingVolume": {"sphere": [0, 0, 0, 1]}}] * 200_001}
    refused(OverLimitError, "more than 200,000 tiles", lambda: read(write_tileset(tile() | many)))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"boundingVolume": {"box": [1, 2]}}, "not 12 numbers"),
        ({"boundingVolume": {}}, "no box, sphere or region"),
        ({"transform": [1, 2]}, "not 16 numbers"),
        ({"geometricError": -1}, "no length"),
        ({"children": [3]}, "is no tile"),
        ({"implicitTiling": {"subdivisionScheme": "SPHERE"}}, "SPHERE"),
        (
            {"implicitTiling": {"subdivisionScheme": "QUADTREE", "subtreeLevels": 60, "availableLevels": 60}},
            "60 levels",
        ),
        (
            {"boundingVolume": {"extensions": {"3DTILES_bounding_volume_S2": {}}}},
            "S2 cell without its heights",
        ),
    ],
)
def test_a_tileset_says_what_is_wrong_with_it(
    write_tileset: Write, more: dict[str, object], words: str
) -> None:
    refused(ForeignFileError, words, lambda: read(write_tileset(tile() | more)))


def test_an_implicit_tileset_of_a_million_tiles_is_refused(write_tileset: Write) -> None:
    text = json.dumps(
        {"tileAvailability": {"constant": 1}, "childSubtreeAvailability": {"constant": 1}}
    ).encode()
    text += b" " * (-len(text) % 8)
    data = struct.pack("<4sIQQ", b"subt", 1, len(text), 0) + text
    told = {"subdivisionScheme": "QUADTREE", "subtreeLevels": 10, "availableLevels": 20}
    path = write_tileset(tile() | {"implicitTiling": told | {"subtrees": {"uri": "s"}}}, {"s": data})
    refused(OverLimitError, "more than 200,000 tiles", lambda: read(path))


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        ((100, "<I"), 2**32 - 1, "4,294,967,295 variable-length records"),
        ((107, "<I"), 2**32 - 1, "4,294,967,295 points"),
        ((94, "<H"), 10, "header of 10 bytes"),
        ((105, "<H"), 1, "1 bytes each"),
        ((25, "B"), 9, "LAS 1.9"),
        ((131, "<d"), float("nan"), "scale"),
        ((131, "<d"), 1e300, "place"),
    ],
)
def test_a_las_that_announces_too_much_is_refused(
    tmp_path: Path, place: tuple[int, str], value: float, words: str
) -> None:
    path = write_las(tmp_path / "a.las")
    data = bytearray(path.read_bytes())
    struct.pack_into(place[1], data, place[0], value)
    path.write_bytes(data)
    refused(ForeignFileError, words, lambda: read(path))


@pytest.mark.parametrize(("at", "form"), [(247, "<Q"), (243, "<I")])
def test_a_las_of_2_to_the_60_is_refused(tmp_path: Path, at: int, form: str) -> None:
    path = write_las(tmp_path / "a.las", version="1.4", format_=7)
    data = bytearray(path.read_bytes())
    struct.pack_into(form, data, at, 2**60 if form == "<Q" else 2**32 - 1)
    path.write_bytes(data)
    refused(DamagedError, "announces", lambda: read(path))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n", "names vertex 9 of 3"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 -9\n", "not there"),
        ("v 0 0 nan\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "no place"),
        ("v 0 0 x\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "no number"),
        ("v 0 0\nv 1 0\nf 1 2 2\n", "2 numbers"),
        ("v 0 0 0\nf a b c\n", "names no vertex"),
        ("v 0 0 0\nf 1 1 99999999999999999999999\n", "vertex"),
        ("# nothing\n", "no triangle"),
    ],
)
def test_an_obj_says_what_is_wrong_with_it(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "a.obj"
    path.write_text(text, encoding="ascii")
    refused(DamagedError, words, lambda: read(path))


def test_a_ply_that_announces_the_world_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ply"
    head = "ply\nformat binary_little_endian 1.0\nelement vertex 4000000000\n"
    head += "".join(f"property float {axis}\n" for axis in "xyz") + "end_header\n"
    path.write_text(head, encoding="ascii")
    refused(ForeignFileError, None, lambda: read(path))
    refused(UnsupportedForeignError, "no surface", lambda: read_surface(path.rename(tmp_path / "a.fbx")))

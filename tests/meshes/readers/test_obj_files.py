"""OBJ and MTL as people and their programs save, name and place them; what contradicts the format."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from meshes.errors import DamagedError, UnsupportedForeignError
from meshes.readers.sandbox import surface
from meshes.readers.surface import read_surface
from tests.meshes.readers.foreign import jpeg
from tests.meshes.readers.obj_square import MTL, OBJ, SQUARE, WHITE, is_painted, read, write_square


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A square with a picture."""
    return write_square(tmp_path)


ENCODED = {
    "utf-8 mark": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16 big": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "utf-16 without a mark": lambda text: text.encode("utf-16-le"),
    "utf-32": lambda text: text.encode("utf-32"),
    "cr": lambda text: text.replace("\n", "\r").encode(),
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "tabs": lambda text: text.replace(" ", "\t").encode(),
    "tabs and blanks": lambda text: text.replace(" ", " \t ").replace("\n", "\t\n\t").encode(),
    "upper case": lambda text: text.replace("mtl", "MTL").replace("a.MTL", "a.mtl").encode(),
}


@pytest.mark.parametrize("way", ENCODED)
@pytest.mark.parametrize("file", ["a.obj", "a.mtl"])
def test_a_file_saved_in_another_way_keeps_its_picture(folder: Path, file: str, way: str) -> None:
    text = (folder / file).read_text()
    (folder / file).write_bytes(ENCODED[way](text))
    is_painted(folder)


def test_lines_of_a_large_file_with_cr_alone_are_cut_rightly(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshes.readers.sandbox.text_lines.BLOCK", 7)
    for end in (b"\r", b"\r\n", b" \\\r\n\r\n"):
        (folder / "a.obj").write_bytes(OBJ.encode().replace(b"\n", end))
        is_painted(folder)


@pytest.mark.parametrize("name", ["墙", "墙 面", "屋顶#2", "wall (2)"])
@pytest.mark.parametrize("ways", [("gbk", "utf-8"), ("utf-8", "gbk"), ("gbk", "gbk")])
def test_a_name_in_one_file_is_found_in_the_other_s_encoding(
    folder: Path, name: str, ways: tuple[str, str]
) -> None:
    (folder / "a.obj").write_bytes(OBJ.replace("wall", name).encode(ways[0]))
    (folder / "a.mtl").write_bytes(MTL.replace("wall", name).replace("t.jpg", "墙.jpg").encode(ways[1]))
    (folder / "t.jpg").rename(folder / "墙.jpg")
    is_painted(folder)


@pytest.mark.parametrize(
    "line",
    [
        "mtllib other.mtl a.mtl",
        "mtllib other.mtl\nmtllib a.mtl",
        "mtllib my lib.mtl a.mtl",
        'mtllib "a.mtl"',
        "mtllib ./a.mtl",
        "mtllib C:\\job\\a.mtl",
        "mtllib /home/x/A.MTL",
    ],
)
def test_libraries_are_found_however_they_are_named(folder: Path, line: str) -> None:
    for name in ("other.mtl", "my lib.mtl"):
        (folder / name).write_text("newmtl roof\nKd 1 0 0\n")
    (folder / "a.obj").write_text(OBJ.replace("mtllib a.mtl", line))
    is_painted(folder)


def test_of_two_definitions_the_first_counts_and_a_missing_library_is_told(folder: Path) -> None:
    (folder / "b.mtl").write_text("newmtl wall\nKd 1 0 0\n")
    (folder / "a.obj").write_text(OBJ.replace("a.mtl", "a.mtl gone.mtl b.mtl"))
    (part,), _, notes = read(folder)
    assert part.picture == 0
    assert [note.split(":")[0] for note in notes] == [
        "the material 'wall' is defined twice",
        "names 'gone.mtl', and there is no such file",
    ]


def test_a_material_that_no_library_has_is_told(folder: Path) -> None:
    (folder / "a.obj").write_text(OBJ.replace("usemtl wall", "usemtl door"))
    (part,), _, notes = read(folder)
    assert (part.picture, part.base) == (-1, WHITE)
    assert notes == ["the material 'door' is in no library: drawn without its colour"]


def test_a_material_is_told_where_no_library_is_named(folder: Path) -> None:
    (folder / "a.obj").write_text(OBJ.replace("mtllib a.mtl\n", ""))
    (part,), pictures, notes = read(folder)
    assert (pictures, len(part.triangles)) == ([], 2)
    assert notes == ["the material 'wall' is in no library: drawn without its colour"]


def test_a_remark_behind_a_material_s_name_is_not_part_of_it(folder: Path) -> None:
    (folder / "a.obj").write_text(OBJ.replace("usemtl wall", "usemtl wall # east side"))
    (folder / "a.mtl").write_text(MTL.replace("newmtl wall", "newmtl wall # plaster"))
    (part,), pictures, notes = read(folder)
    assert (len(pictures), part.picture, notes) == (1, 0, [])


@pytest.mark.parametrize(
    "name",
    [
        "T.JPG",
        '"t.jpg"',
        ".\\t.jpg",
        "C:\\work\\t.jpg",
        "D:\\work\\tex\\T.jpg",
        "..\\tex\\t.jpg",
        "/home/someone/tex/t.jpg",
        "\\\\server\\share\\t.jpg",
        "file:///C:/work/t.jpg",
        "-clamp off t.jpg",
        "-s 1 1 1 -o 0 0 0 -mm 0 1 t.jpg",
        "-bm 1.0 -blendu on t.jpg",
    ],
)
def test_a_picture_that_lies_beside_is_found(folder: Path, name: str) -> None:
    (folder / "a.mtl").write_text(MTL.replace("t.jpg", name))
    is_painted(folder)


def test_a_picture_in_a_folder_of_the_exporter_is_found_there_first(folder: Path) -> None:
    (folder / "tex").mkdir()
    (folder / "tex" / "my wall.jpg").write_bytes(jpeg(colour=(1, 2, 3)))
    (folder / "my wall.jpg").write_bytes(jpeg())
    (folder / "a.mtl").write_text(MTL.replace("t.jpg", "E:\\job 7\\tex\\my wall.jpg"))
    assert read(folder)[1] == [jpeg(colour=(1, 2, 3))]


@pytest.mark.parametrize(
    ("written", "there"),
    [
        ("Tex/T.JPG", "tex/t.jpg"),
        ("e\u0301cole/墙.jpg", "\u00e9cole/墙.JPG"),
        ("t%20u.jpg", "t u.jpg"),
        ("t.jpg # the wall", "t.jpg"),
        ("caf\u00e9.jpg".encode("cp1252"), "caf\u00e9.jpg"),
        ("\u5716.jpg".encode("big5"), "\u5716.jpg"),
        ("墙/面.jpg", b"\xc7\xbd/\xc3\xe6.jpg"),
    ],
)
def test_a_picture_is_found_in_other_letters_and_bytes(
    folder: Path, written: str, there: str | bytes
) -> None:
    path = Path(os.fsdecode(os.fsencode(folder) + b"/" + os.fsencode(there)))
    path.parent.mkdir(exist_ok=True)
    (folder / "t.jpg").rename(path)
    name = written if isinstance(written, bytes) else written.encode()
    (folder / "a.mtl").write_bytes(MTL.encode().replace(b"t.jpg", name))
    is_painted(folder)


def test_what_is_not_read_of_an_obj_is_counted(folder: Path) -> None:
    (folder / "a.obj").write_text(
        OBJ
        + "v 9 9 9 0.5\nl 1 2 3\nl 2 3\np 1\nf 1 2\nvp 0 1\ncstype bezier\ncurv 0 1 1 2\nend\ng x\no y\ns 1\n"
    )
    assert sorted(read(folder)[2]) == [
        "curves are not read, only faces (1 left out)",
        "faces of one or two corners are left out (1)",
        "lines are not read, only faces (2 left out)",
        "points are not read, only faces (1 left out)",
        "weights of vertices count for curves only and are ignored (1 are not 1)",
    ]


def test_numbers_of_vertices_may_be_written_as_decimals(folder: Path) -> None:
    (folder / "a.obj").write_text(OBJ.replace("f 1/1 2/2 3/3 4/4", "f 1.0/1.0 2/2 3.0/3 -1.0/4"))
    is_painted(folder)


def test_faces_may_come_before_their_vertices_and_forms_may_be_mixed(folder: Path) -> None:
    # As many slashes and numbers as if all were of one form.
    faces = "f 1/1 2/2 3/3\nf 1 3 4\nf 1/1/1 2/2/1 4/4/1\nf 1 2 3 4\nf 1.. "
    (folder / "a.obj").write_text("vn 0 0 1\n" + faces.replace("f 1.. ", "") + SQUARE)
    (part,), _, _ = read(folder)
    wanted = [[1, 2, 3], [1, 3, 4], [1, 2, 4], [1, 2, 3], [1, 3, 4]]
    places = part.position[part.triangles][:, :, :2] / 4
    number = {(0, 0): 1, (1, 0): 2, (1, 1): 3, (0, 1): 4}
    found = [[number[tuple(corner)] for corner in one] for one in places.tolist()]
    assert sorted(found) == sorted(wanted)


def test_a_file_that_loses_much_tells_some_and_counts_the_rest(folder: Path) -> None:
    lines = [f"usemtl wall{k}\nf 1/1 2/2 3/3" for k in range(130)]
    (folder / "a.obj").write_text(OBJ + "\n".join(lines))
    notes = read_surface(folder / "a.obj").notes
    assert len(notes) == 101
    assert notes[-1] == "and 30 more of this kind"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("v 0,5 1,5 2,5\nf 1 1 1\n", "'0,5', which is no number: decimal commas are not read"),
        ("v 0 0 0\nvt 0 0\nf 1/1 1/1 1/-2\n", "texture coordinate -2, which is not there"),
        ("v 0 0 0\nf 0 1 1\n", "counted from 1"),
        ("v 0 0 0\nf 1 1 1 \0\n", "names no vertex"),
        ("v 0 0 0 \x1b\nf 1 1 1\n", "which is no number"),
        ("v 0 0 0\nf 1/x 1 1\n", "names no vertex: '1/x'"),
    ],
)
def test_what_contradicts_the_format_is_refused_in_words(folder: Path, text: str, words: str) -> None:
    (folder / "a.obj").write_text(text)
    with pytest.raises(DamagedError, match=words):
        read(folder)


def test_an_obj_of_points_is_no_damage(folder: Path) -> None:
    (folder / "a.obj").write_text("v 0 0 0\nv 1 1 1\np 1 2\n")
    with pytest.raises(UnsupportedForeignError, match="has 2 vertices and no faces; points are read as LAS"):
        read(folder)


@pytest.mark.parametrize(
    ("name", "do"),
    [("a.las", "driver: points"), ("b3dm.B3DM", "driver: tileset"), ("a.fbx", "export one of .obj")],
)
def test_a_file_for_another_driver_is_told_which(folder: Path, name: str, do: str) -> None:
    (folder / name).write_bytes(b"LASF")
    with pytest.raises(UnsupportedForeignError, match=do):
        read_surface(folder / name)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\3\4" + OBJ.encode(), "is a ZIP archive"),
        (b"\x1f\x8b\x08" + bytes(40), "is a gzip archive"),
        (b"<!DOCTYPE html><html>404</html>", "is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "is a pointer of Git LFS"),
        (b"glTF" + bytes(40), "is a GLB"),
    ],
)
def test_a_file_of_another_kind_is_named(folder: Path, content: bytes, words: str) -> None:
    for name in ("a.obj", "a.ply", "a.stl"):
        (folder / name).write_bytes(content)
        with pytest.raises(UnsupportedForeignError, match=f"{words}.*which is not read as"):
            surface.read(folder / name, out=folder, root=str(folder))


@pytest.mark.real
@pytest.mark.parametrize(
    ("case", "control"), [("12-obj-bom/m", "12-obj-bom/control"), ("14-mtl-tabs/tabs", None)]
)
def test_the_cases_of_marks_and_tabs_keep_their_pictures(
    shared: Path, case: str, control: str | None
) -> None:
    parts, pictures, notes = read(shared / "cases" / case)
    assert notes == []
    assert all(part.picture >= 0 for part in parts)
    assert sorted(pictures) == sorted(path.read_bytes() for path in (shared / "cases" / case).glob("*.jpg"))
    if control:
        (other,), _, _ = read(shared / "cases" / control)
        assert np.array_equal(parts[0].position[parts[0].triangles], other.position[other.triangles])

"""OBJ and MTL as people and their programs write them keep their look, and what is lost is told."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from meshes.errors import DamagedError, UnsupportedError
from meshes.readers.sandbox import obj, surface
from meshes.readers.sandbox.parts import RawPart
from meshes.readers.surface import read_surface
from tests.meshes.readers.foreign import jpeg, png_of

SQUARE = "v 0 0 0\nv 4 0 0\nv 4 4 0\nv 0 4 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\n"
OBJ = f"mtllib a.mtl\n{SQUARE}usemtl wall\nf 1/1 2/2 3/3 4/4\n"
MTL = "newmtl wall\nKd 0.2 0.4 0.6\nmap_Kd t.jpg\n"
KD = (51, 102, 153, 255)
WHITE = (255, 255, 255, 255)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A square with a picture."""
    (tmp_path / "a.obj").write_text(OBJ)
    (tmp_path / "a.mtl").write_text(MTL)
    (tmp_path / "t.jpg").write_bytes(jpeg())
    return tmp_path


def read(folder: Path) -> tuple[list[RawPart], list[bytes], list[str]]:
    return obj.read(folder / "a.obj", root=folder)


def is_painted(folder: Path) -> None:
    """The square has its picture, upright, and nothing is told."""
    (part,), pictures, notes = read(folder)
    assert notes == []
    assert pictures[part.picture] == jpeg()
    assert part.base == WHITE
    assert part.tcoord is not None
    at = [part.position[:, :2] / 4, part.tcoord * (1, -1) + (0, 1)]
    assert at[0].tolist() == at[1].tolist()
    assert len(part.triangles) == 2


def loses_its_picture(folder: Path, words: str) -> None:
    """The square keeps its shape in the material's colour, and one line says why."""
    (part,), pictures, notes = read(folder)
    assert (pictures, part.picture, part.tcoord) == ([], -1, None)
    assert part.base == KD
    assert len(part.triangles) == 2
    assert len(notes) == 1
    assert words in notes[0]
    assert "wall" in notes[0]


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


def test_a_map_s_scale_and_offset_move_the_picture_and_other_options_are_told(folder: Path) -> None:
    (folder / "a.mtl").write_text(MTL.replace("t.jpg", "-s 2 4 1 -o 0.5 -0.25 -clamp on t.jpg"))
    (part,), _, notes = read(folder)
    assert part.tcoord is not None
    written = part.position[:, :2] / 4
    assert (part.tcoord * (1, -1) + (0, 1)).tolist() == (written * (2, 4) + (0.5, -0.25)).tolist()
    assert notes == []
    assert part.finish.wrap == ("clamp", "clamp")
    (folder / "a.mtl").write_text(MTL.replace("t.jpg", "-t 0 0.5 -boost 2 t.jpg"))
    assert read(folder)[2] == [
        "the option '-t 0 0.5' of the material 'wall' is not read",
        "the option '-boost 2' of the material 'wall' is not read",
    ]


@pytest.mark.parametrize("word", ["map_Ke", "map_Ka"])
def test_a_picture_that_is_light_or_ambience_only_is_the_picture(folder: Path, word: str) -> None:
    (folder / "a.mtl").write_text(f"newmtl wall\nKd 0 0 0\n{word} t.jpg\n")
    is_painted(folder)
    (folder / "a.mtl").write_text(f"newmtl wall\nKd 0 0 0\n{word} u.jpg\nmap_Kd t.jpg\nmap_Bump b.jpg\n")
    is_painted(folder)


@pytest.mark.parametrize(
    ("line", "alpha"),
    [("d 0.4", 102), ("Tr 0.6", 102), ("d 1", 255), ("Tr 1.000000", 255), ("d -halo 0.4", 102)],
)
def test_transparency_is_read_but_nothing_is_invisible(folder: Path, line: str, alpha: int) -> None:
    (folder / "a.mtl").write_text(MTL + line)
    ((part,), _, notes) = read(folder)
    assert (part.base, notes) == ((255, 255, 255, alpha), [])
    (folder / "t.jpg").unlink()
    assert read(folder)[0][0].base == (*KD[:3], alpha)


@pytest.mark.parametrize("line", ["Kd 0,2 0,4 0,6", "Kd a b c", "Kd 1 2", "Kd spectral x.rfl", "Kd nan 0 0"])
def test_a_colour_that_is_none_is_told(folder: Path, line: str) -> None:
    (folder / "a.mtl").write_text(f"newmtl wall\n{line}\n")
    (part,), _, notes = read(folder)
    assert part.base == WHITE
    assert len(notes) == 1
    assert line in notes[0]


def test_a_colour_of_one_number_is_grey_and_one_beyond_is_cut_and_told(folder: Path) -> None:
    (folder / "a.mtl").write_text("newmtl wall\nKd 0.2\n")
    ((part,), _, notes) = read(folder)
    assert (part.base, notes) == ((51, 51, 51, 255), [])
    (folder / "a.mtl").write_text("newmtl wall\nKd 204 25 0.5\n")
    ((part,), _, notes) = read(folder)
    assert part.base == (255, 255, 128, 255)
    assert "goes beyond 0 to 1" in notes[0]


BROKEN = {
    "gone": (None, "no such file"),
    "text": (b"<html>404</html>", "is no picture"),
    "cut off": (jpeg((256, 256))[:-200], "is cut off or damaged"),
    "empty": (b"", "is no picture"),
    "png with other data than it says": (png_of(64, 64), "is cut off or damaged"),
    "ktx2": (b"\xabKTX 20\xbb" + bytes(100), "KTX2"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_picture_costs_only_itself(folder: Path, how: str) -> None:
    data, words = BROKEN[how]
    (folder / "t.jpg").unlink()
    if data is not None:
        (folder / "t.jpg").write_bytes(data)
    loses_its_picture(folder, words)


@pytest.mark.parametrize(
    "face", ["f 1 2 3 4", "f 1/1 2/2 3 4/4", "f 1// 2// 3// 4//", "f 1//1 2//1 3//1 4//1"]
)
def test_faces_without_coordinates_keep_the_colour_and_the_others_their_picture(
    folder: Path, face: str
) -> None:
    (folder / "a.obj").write_text(f"{OBJ}vn 0 0 1\n{face}\nf 1/1/1 2/2/1 3/3/1 4/4/1\n")
    (painted, bare), pictures, notes = read(folder)
    assert (painted.picture, painted.base, len(painted.triangles)) == (0, WHITE, 4)
    assert (bare.picture, bare.base, len(bare.triangles), bare.tcoord) == (-1, KD, 2, None)
    assert len(pictures) == 1
    assert notes == [
        "2 of 6 triangles of the material 'wall' have no texture coordinates: they keep its colour"
    ]


def test_a_texture_coordinate_that_is_no_number_costs_its_face_alone(folder: Path) -> None:
    (folder / "a.obj").write_text(OBJ + "vt nan nan\nf 1/1 2/2 3/5\n")
    (painted, bare), _, notes = read(folder)
    assert (len(painted.triangles), len(bare.triangles)) == (2, 1)
    assert notes[0].startswith("1 of 3 triangles")


def test_colours_of_some_vertices_stay_and_the_others_are_white(folder: Path) -> None:
    lines = ["v 0 0 0 1 0 0", "v 1 0 0", "v 1 1 0 1.0", "v 0 1 0 1.0 0 0.5 0"]
    (folder / "a.obj").write_text("\n".join([*lines, "f 1 2 3 4"]))
    (part,), _, notes = read(folder)
    assert part.colour is not None
    assert part.colour.tolist() == [[255, 0, 0, 255], [255] * 4, [255] * 4, [0, 128, 0, 255]]
    assert notes == ["2 of 4 vertices have no colour and are white"]


def test_a_colour_with_its_opacity_is_told_from_a_weight_before_it(folder: Path) -> None:
    (folder / "a.obj").write_text("v 0 0 0 0.2 0.4 0.6 1\nv 1 0 0 1 0 0 1\nv 1 1 0 0 1 0 1\nf 1 2 3\n")
    assert read(folder)[0][0].colour[0].tolist() == [51, 102, 153, 255]  # type: ignore[index]


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


def test_colours_of_vertices_do_not_darken_the_picture_and_are_told(folder: Path) -> None:
    lines = OBJ.replace("0 0 0\n", "0 0 0 0.5 0.5 0.5\n").replace("4 0 0\n", "4 0 0 0.5 0.5 0.5\n")
    lines = lines.replace("4 4 0\n", "4 4 0 0.5 0.5 0.5\n").replace("0 4 0\n", "0 4 0 0.5 0.5 0.5\n")
    (folder / "a.obj").write_text(lines + "f 1 2 3\n")
    (painted, bare), _, notes = read(folder)
    assert painted.colour is None
    assert bare.colour is not None
    assert bare.colour.tolist() == [[128, 128, 128, 255]] * 3
    assert obj.BESIDE_PICTURE in notes


def test_an_obj_of_points_is_no_damage(folder: Path) -> None:
    (folder / "a.obj").write_text("v 0 0 0\nv 1 1 1\np 1 2\n")
    with pytest.raises(UnsupportedError, match="has 2 vertices and no faces; points are read as LAS"):
        read(folder)


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


@pytest.mark.parametrize(
    ("name", "do"),
    [("a.las", "driver: points"), ("b3dm.B3DM", "driver: tileset"), ("a.fbx", "export one of .obj")],
)
def test_a_file_for_another_driver_is_told_which(folder: Path, name: str, do: str) -> None:
    (folder / name).write_bytes(b"LASF")
    with pytest.raises(UnsupportedError, match=do):
        read_surface(folder / name)


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


def one_colour(mode: str, size: int = 8) -> Image.Image:
    """Nearly (200, 90, 40), or its grey, in any of Pillow's modes."""
    plain = Image.new("RGB", (size, size), (200, 90, 40))
    if mode == "I;16":
        return Image.fromarray(np.full((size, size), 120 * 257, np.uint16))
    if mode == "P":
        return plain.quantize(4)
    return plain.convert(mode)


@pytest.mark.parametrize(
    ("ending", "mode"),
    [
        ("bmp", "RGB"),
        ("tif", "RGB"),
        ("webp", "RGB"),
        ("tga", "RGB"),
        ("gif", "P"),
        ("dds", "RGB"),
        ("tif", "CMYK"),
        ("jpg", "CMYK"),
        ("jpg", "L"),
        ("png", "P"),
        ("png", "L"),
        ("png", "LA"),
        ("png", "I;16"),
        ("tif", "I;16"),
        ("tif", "L"),
    ],
)
def test_pictures_of_every_kind_keep_their_colour(folder: Path, ending: str, mode: str) -> None:
    one_colour(mode).save(folder / f"u.{ending}")
    (folder / "a.mtl").write_text(MTL.replace("t.jpg", f"u.{ending}"))
    (part,), (picture,), notes = read(folder)
    assert notes == []
    assert picture[:3] in (b"\xff\xd8\xff", b"\x89PN")
    seen = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), int)
    wanted = (120, 120, 120) if mode in ("L", "LA", "I;16") else (200, 90, 40)
    assert np.abs(seen - wanted).max() <= 6
    assert part.finish.alpha == "opaque"


def test_a_picture_of_decimals_is_told_and_no_damage(folder: Path) -> None:
    Image.fromarray(np.ones((8, 8), np.float32)).save(folder / "t.jpg", "TIFF")
    loses_its_picture(folder, "is not of bytes, which is not read: save it with 8 bits")


def test_a_picture_is_not_turned_by_what_a_camera_wrote(folder: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    Image.new("RGB", (16, 8), (200, 90, 40)).save(folder / "t.jpg", exif=exif, progressive=True)
    _, (picture,), notes = read(folder)
    assert notes == []
    assert Image.open(io.BytesIO(picture)).size == (16, 8)


@pytest.mark.parametrize(
    ("line", "alphas", "wanted"),
    [
        ("", (0, 255), "mask"),
        ("", (255, 255), "opaque"),
        ("", (0, 0), "opaque"),
        ("d 0.5", (0, 255), "blend"),
        ("d 0.5", (255, 255), "blend"),
        ("map_d t.jpg", (0, 255), "mask"),
    ],
)
def test_clear_parts_of_a_picture_are_holes(
    folder: Path, line: str, alphas: tuple[int, int], wanted: str
) -> None:
    pixels = np.full((8, 8, 4), 200, np.uint8)
    pixels[:, :4, 3], pixels[:, 4:, 3] = alphas
    Image.fromarray(pixels).save(folder / "t.jpg", "PNG")
    (folder / "a.mtl").write_text(MTL + line)
    (folder / "a.obj").write_text(OBJ + "f 1 2 3\n")
    (painted, bare), _, notes = read(folder)
    assert painted.finish.alpha == wanted
    assert bare.finish.alpha == ("blend" if line == "d 0.5" else "opaque")
    assert len(notes) == 1  # of the faces without coordinates


def test_a_picture_of_transparency_alone_is_told(folder: Path) -> None:
    (folder / "a.mtl").write_text(MTL + "map_d mask.png\n")
    assert read(folder)[2] == [
        "the picture of its transparency (mask.png) of the material 'wall' is not read"
    ]


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


@pytest.mark.real
def test_the_case_of_one_face_without_coordinates_loses_one_face(shared: Path) -> None:
    parts, _, notes = read(shared / "cases/13-obj-part-untextured/m")
    assert [(part.picture, len(part.triangles)) for part in parts] == [(0, 80), (-1, 2)]
    assert notes == [
        "2 of 82 triangles of the material 'wall' have no texture coordinates: they keep its colour"
    ]


def test_opacity_behind_a_colour_is_no_weight_before_it(folder: Path) -> None:
    corners = ("0 0", "4 0", "4 4", "0 4")
    (folder / "a.obj").write_text("".join(f"v {at} 0 1 0 0 1\n" for at in corners) + "f 1 2 3 4\n")
    (part,), _, _ = read(folder)
    assert part.colour is not None
    assert part.colour.tolist() == [[255, 0, 0, 255]] * 4


def test_a_remark_behind_a_material_s_name_is_not_part_of_it(folder: Path) -> None:
    (folder / "a.obj").write_text(OBJ.replace("usemtl wall", "usemtl wall # east side"))
    (folder / "a.mtl").write_text(MTL.replace("newmtl wall", "newmtl wall # plaster"))
    (part,), pictures, notes = read(folder)
    assert (len(pictures), part.picture, notes) == (1, 0, [])


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
        with pytest.raises(UnsupportedError, match=f"{words}.*which is not read as"):
            surface.read(folder / name, out=folder, root=str(folder))


def test_a_material_is_told_where_no_library_is_named(folder: Path) -> None:
    (folder / "a.obj").write_text(OBJ.replace("mtllib a.mtl\n", ""))
    (part,), pictures, notes = read(folder)
    assert (pictures, len(part.triangles)) == ([], 2)
    assert notes == ["the material 'wall' is in no library: drawn without its colour"]

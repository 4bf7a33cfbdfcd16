"""Colours, pictures and transparency of OBJ and MTL keep their look, and what is lost is told."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from meshes.readers.sandbox import obj
from tests.meshes.readers.foreign import jpeg, png_of
from tests.meshes.readers.obj_square import (
    KD,
    MTL,
    OBJ,
    WHITE,
    is_painted,
    loses_its_picture,
    read,
    write_square,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A square with a picture."""
    return write_square(tmp_path)


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


def test_colours_of_vertices_do_not_darken_the_picture_and_are_told(folder: Path) -> None:
    lines = OBJ.replace("0 0 0\n", "0 0 0 0.5 0.5 0.5\n").replace("4 0 0\n", "4 0 0 0.5 0.5 0.5\n")
    lines = lines.replace("4 4 0\n", "4 4 0 0.5 0.5 0.5\n").replace("0 4 0\n", "0 4 0 0.5 0.5 0.5\n")
    (folder / "a.obj").write_text(lines + "f 1 2 3\n")
    (painted, bare), _, notes = read(folder)
    assert painted.colour is None
    assert bare.colour is not None
    assert bare.colour.tolist() == [[128, 128, 128, 255]] * 3
    assert obj.BESIDE_PICTURE in notes


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

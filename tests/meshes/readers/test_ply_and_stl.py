"""PLY and STL as programs of the field write them: lists, pictures, colours, strips, either byte order."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from meshes.errors import DamagedError, UnsupportedForeignError
from meshes.readers.sandbox import ply_surface, stl
from meshes.readers.sandbox.parts import RawPart
from tests.meshes.readers.foreign import jpeg

Row = Sequence[object]
CODES = {"uchar": "B", "int": "i", "float": "f", "double": "d", "ushort": "H", "short": "h"}
XYZ = [("float", "x"), ("float", "y"), ("float", "z")]
INDICES = ("list uchar int", "vertex_indices")
SQUARE = [(0, 0, 0), (4, 0, 0), (4, 4, 0), (0, 4, 0)]
UV = [(0, 0), (1, 0), (1, 1), (0, 1)]
FORMATS = ["ascii", "binary_little_endian", "binary_big_endian"]


def write_ply(
    path: Path,
    elements: dict[str, tuple[list[tuple[str, str]], list[Row]]],
    *,
    form: str = "ascii",
    comments: Sequence[str] = (),
    end: str = "\n",
) -> None:
    """A PLY; a list in a row stands for a list's values."""
    lines = ["ply", f"format {form} 1.0", *(f"comment {text}" for text in comments)]
    body = b""
    for name, (properties, rows) in elements.items():
        lines += [f"element {name} {len(rows)}", *(f"property {kind} {own}" for kind, own in properties)]
        for row in rows:
            flat: list[tuple[str, object]] = []
            for (kind, _), value in zip(properties, row, strict=True):
                if isinstance(value, list):
                    _, counted, own = kind.split()
                    flat += [(counted, len(value)), *((own, one) for one in value)]
                else:
                    flat.append((kind, value))
            if form == "ascii":
                body += " ".join(str(value) for _, value in flat).encode() + end.encode()
            else:
                order = "<" if "little" in form else ">"
                body += struct.pack(
                    order + "".join(CODES[kind] for kind, _ in flat), *(value for _, value in flat)
                )
    path.write_bytes((end.join([*lines, "end_header"]) + end).encode() + body)


def write_painted_ply(path: Path, *, form: str = "binary_little_endian") -> None:
    """Faces of two sizes, two with pictures of their own, one without coordinates, one without a picture."""
    faces: list[Row] = [
        [[0, 1, 2], [0, 0, 1, 0, 1, 1], 1],
        [[0, 2, 3], [0, 0, 1, 1, 0, 1], 0],
        [[0, 1, 2, 3], [0, 0, 1, 0, 1, 1, 0, 1], 1],
        [[0, 1, 2], [], 0],
        [[0, 1, 2], [0, 0, 1, 0, 1, 1], -1],
    ]
    more = [INDICES, ("list uchar float", "texcoord"), ("int", "texnumber")]
    elements = {"vertex": (XYZ, SQUARE), "face": (more, faces)}
    write_ply(path, elements, form=form, comments=["TextureFile t.jpg", "TextureFile C:\\job\\u.jpg"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "t.jpg").write_bytes(jpeg())
    (tmp_path / "u.jpg").write_bytes(jpeg(colour=(1, 2, 3)))
    return tmp_path


def read(folder: Path) -> tuple[list[RawPart], list[bytes], list[str]]:
    return ply_surface.read(folder / "a.ply", root=folder)


def square(*faces: list[int], more: Sequence[tuple[str, str]] = (), values: Sequence[Row] = ()):  # type: ignore[no-untyped-def]
    """A square's elements, with more properties of its vertices."""
    rows = [[*place, *own] for place, own in zip(SQUARE, values or [()] * 4, strict=True)]
    return {"vertex": ([*XYZ, *more], rows), "face": ([INDICES], [[face] for face in faces])}


def upright(part: RawPart) -> None:
    assert part.tcoord is not None
    assert (part.tcoord * (1, -1) + (0, 1)).tolist() == (part.position[:, :2] / 4).tolist()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("names", [("s", "t"), ("u", "v"), ("texture_u", "texture_v")])
def test_a_picture_by_vertex_is_found(folder: Path, form: str, names: tuple[str, str]) -> None:
    elements = square([0, 1, 2, 3], more=[("float", name) for name in names], values=UV)
    write_ply(folder / "a.ply", elements, form=form, comments=["by OpenMVS", "TextureFile T.JPG"])
    (part,), pictures, notes = read(folder)
    assert (pictures, notes, part.picture) == ([jpeg()], [], 0)
    assert (len(part.position), len(part.triangles)) == (4, 2)
    upright(part)


@pytest.mark.parametrize("form", FORMATS)
def test_pictures_by_corner_are_found_each_by_its_number(folder: Path, form: str) -> None:
    write_painted_ply(folder / "a.ply", form=form)
    (bare, first, second), pictures, notes = read(folder)
    assert pictures == [jpeg(), jpeg(colour=(1, 2, 3))]
    assert [(part.picture, len(part.triangles)) for part in (bare, first, second)] == [
        (-1, 2),
        (0, 1),
        (1, 3),
    ]
    assert notes == ["2 of 6 triangles have no texture coordinates: they keep their colour"]
    upright(first)
    upright(second)


@pytest.mark.parametrize(
    ("comments", "more", "words"),
    [
        (
            ["TextureFile gone.jpg"],
            [("float", "s"), ("float", "t")],
            "no such file: its faces are drawn without",
        ),
        (["TextureFile t.jpg"], [("float", "p"), ("float", "q")], "has no texture coordinates"),
        (["TextureFile t.jpg", "TextureFile u.jpg"], [("float", "s"), ("float", "t")], "the first is taken"),
    ],
)
def test_a_picture_that_is_lost_or_doubtful_is_told(
    folder: Path, comments: list[str], more: list[tuple[str, str]], words: str
) -> None:
    write_ply(folder / "a.ply", square([0, 1, 2, 3], more=more, values=UV), comments=comments)
    (part,), _, notes = read(folder)
    assert len(part.triangles) == 2
    assert len(notes) == 1
    assert words in notes[0]


@pytest.mark.parametrize("form", FORMATS)
def test_faces_of_any_size_are_triangles(folder: Path, form: str) -> None:
    outline = [(5, 10), (5, 30), (0, 30), (0, 0), (30, 0), (30, 30), (25, 30), (25, 10)]
    elements = {
        "vertex": (XYZ, [(x, y, 6) for x, y in outline]),
        "face": (
            [("uchar", "flags"), INDICES],
            [[1, [3, 4, 5]], [2, list(range(8))], [3, [3, 4, 5, 2]], [4, [0, 1]]],
        ),
        "edge": ([("int", "vertex1"), ("int", "vertex2")], [(0, 1)]),
    }
    write_ply(folder / "a.ply", elements, form=form)
    (part,), _, notes = read(folder)
    a, b, c = part.position[part.triangles].transpose(1, 0, 2)
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    assert area.sum() == pytest.approx(450 + 500 + 900)
    assert notes == ["faces of fewer than three corners are left out (1)"]


@pytest.mark.parametrize("form", FORMATS)
def test_strips_are_triangles_that_face_one_way(folder: Path, form: str) -> None:
    elements = {
        "vertex": (XYZ, [SQUARE[k] for k in (0, 1, 3, 2)]),
        "tristrips": ([("list int int", "vertex_indices")], [[[0, 1, 2, 3, -1, 0, 1, 2]]]),
    }
    write_ply(folder / "a.ply", elements, form=form)
    (part,), _, _ = read(folder)
    assert part.triangles.tolist() == [[0, 1, 2], [2, 1, 3], [0, 1, 2]]


RGB = ("red", "green", "blue")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("kind", "names", "value", "wanted"),
    [
        ("uchar", RGB, (255, 128, 0), [255, 128, 0, 255]),
        ("float", RGB, (1.0, 0.5, 0.0), [255, 128, 0, 255]),
        ("ushort", RGB, (65535, 32896, 0), [255, 128, 0, 255]),
        ("uchar", ("diffuse_red", "diffuse_green", "diffuse_blue"), (255, 128, 0), [255, 128, 0, 255]),
        ("uchar", (*RGB, "alpha"), (255, 128, 0, 51), [255, 128, 0, 51]),
        ("float", (*RGB, "alpha"), (1.0, 0.5, 0.0, 0.2), [255, 128, 0, 51]),
        ("uchar", (*RGB, "alpha"), (255, 128, 0, 0), [255, 128, 0, 255]),
    ],
)
def test_colours_of_vertices_and_faces_are_read(
    folder: Path, form: str, kind: str, names: tuple[str, ...], value: Row, wanted: list[int]
) -> None:
    more = [(kind, name) for name in names]
    write_ply(folder / "a.ply", square([0, 1, 2], more=more, values=[value] * 4), form=form)
    (part,), _, notes = read(folder)
    assert part.colour is not None
    assert (part.colour.tolist(), notes) == ([wanted] * 3, [])
    assert part.finish.alpha == ("blend" if wanted[3] < 255 else "opaque")
    other = [0.0] * len(value) if kind == "float" else [0] * len(value)
    faces = ([INDICES, *more], [[[0, 1, 2], *value], [[0, 2, 3], *other]])
    write_ply(folder / "a.ply", {"vertex": (XYZ, SQUARE), "face": faces}, form=form)
    (part,), _, notes = read(folder)
    assert part.colour is not None
    if wanted[3] == 255 or "alpha" in names:
        assert part.colour[part.triangles[0]].tolist() == [wanted] * 3
        assert part.colour[part.triangles[1], :3].tolist() == [[0, 0, 0]] * 3


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_a_text_with_other_line_ends_and_a_mark_is_read(folder: Path, end: str) -> None:
    write_ply(folder / "a.ply", square([0, 1, 2, 3], [0, 1, 2]), end=end)
    (folder / "a.ply").write_bytes(b"\xef\xbb\xbf" + (folder / "a.ply").read_bytes())
    assert len(read(folder)[0][0].triangles) == 3


def test_points_without_faces_are_no_damage(folder: Path) -> None:
    write_ply(folder / "a.ply", {"vertex": (XYZ, SQUARE)})
    with pytest.raises(UnsupportedForeignError, match=r"point cloud: it has 4 points .*driver: points"):
        read(folder)


def test_splats_are_told_by_their_name(folder: Path) -> None:
    more = [("float", "f_dc_0"), ("float", "opacity")]
    write_ply(folder / "a.ply", {"vertex": ([*XYZ, *more], [(0, 0, 0, 1, 1)])})
    with pytest.raises(UnsupportedForeignError, match="Gaussian splats"):
        read(folder)


@pytest.mark.parametrize(("kind", "notes"), [("float", 1), ("double", 0)])
def test_places_that_float32_makes_coarse_are_told(folder: Path, kind: str, notes: int) -> None:
    places = [(x + 490_000, y + 4_483_000, z) for x, y, z in SQUARE]
    write_ply(
        folder / "a.ply",
        {"vertex": ([(kind, axis) for axis in "xyz"], places), "face": ([INDICES], [[[0, 1, 2]]])},
    )
    found = read(folder)[2]
    assert len(found) == notes
    assert all("0.5 units apart at 4,483,004" in note for note in found)


def test_colours_do_not_darken_the_picture_and_are_told(folder: Path) -> None:
    more = [("float", "s"), ("float", "t"), *(("uchar", name) for name in RGB)]
    write_ply(
        folder / "a.ply",
        square([0, 1, 2, 3], more=more, values=[(*uv, 9, 9, 9) for uv in UV]),
        comments=["TextureFile t.jpg"],
    )
    (part,), _, notes = read(folder)
    assert part.colour is None
    assert notes == ["colours of vertices are not drawn where there is a picture, which shows them"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_ply_that_is_cut_off_is_refused(folder: Path, form: str) -> None:
    write_ply(folder / "a.ply", square([0, 1, 2, 3], [0, 1, 2]), form=form)
    whole = (folder / "a.ply").read_bytes()
    start = whole.index(b"end_header\n") + 11
    for stop in range(len(whole) - 1 - (form == "ascii"), start, -1):
        if form == "ascii" and whole[stop - 1 : stop] in b"0123456789" and whole[stop : stop + 1] == b"\n":
            continue  # a whole row less is found by its number
        (folder / "a.ply").write_bytes(whole[:stop])
        with pytest.raises(DamagedError, match="cut off"):
            read(folder)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"property float x", b"property floot x", "PLY does not know: 'property floot x'"),
        (b"property float x", b"property float q", "no x, y and z"),
        (b"format ascii 1.0", b"format text 1.0", "PLY does not know"),
        (b"4 0 0\n", b"4,5 0 0\n", "'4,5', which is no number: decimal commas"),
        (b"3 0 1 2", b"3 0 1 9", "names vertex 9"),
        (b"end_header", b"end_hea", "its header does not end"),
        (b"4 4 0\n", b"4 nan 0\n", None),
    ],
)
def test_what_contradicts_ply_is_refused_in_words(
    folder: Path, old: bytes, new: bytes, words: str | None
) -> None:
    write_ply(folder / "a.ply", square([0, 1, 2]))
    (folder / "a.ply").write_bytes((folder / "a.ply").read_bytes().replace(old, new))
    if words is None:
        assert np.isnan(
            read(folder)[0][0].position
        ).any()  # refused with all other surfaces, where parts are written
        return
    with pytest.raises(DamagedError, match=words):
        read(folder)


def test_many_faces_of_mixed_size_are_read_in_time(folder: Path) -> None:
    row = struct.Struct("<B3i").pack(3, 0, 1, 2) + struct.Struct("<B4i").pack(4, 0, 1, 2, 3)
    write_ply(folder / "a.ply", square([0, 1, 2]), form="binary_little_endian")
    data = (folder / "a.ply").read_bytes()
    head = data[: data.index(b"end_header\n") + 11 + 48].replace(b"face 1\n", b"face 100000\n")
    (folder / "a.ply").write_bytes(head + row * 50_000)
    assert len(read(folder)[0][0].triangles) == 150_000


FACETS = np.array([[(0, 0, 0), (4, 0, 0), (4, 4, 0)], [(0, 0, 0), (4, 4, 0), (0, 4, 0)]], "<f4")


def write_stl(path: Path, *, head: bytes = b"", bits: Sequence[int] = (0, 0), more: bytes = b"") -> None:
    facets = b"".join(
        bytes(12) + one.tobytes() + struct.pack("<H", bit) for one, bit in zip(FACETS, bits, strict=True)
    )
    path.write_bytes(head.ljust(80, b"\0") + struct.pack("<I", 2) + facets + more)


TEXT = "solid a\n" + "".join(
    "facet normal 0 0 1\nouter loop\n"
    + "".join("vertex {} {} {:.3e}\n".format(*corner) for corner in one)
    + "endloop\nendfacet\n"
    for one in FACETS.tolist()
)


@pytest.mark.parametrize("head", [b"", b"solid made by a program that says so", b"COLOR=abc"])
def test_a_binary_stl_is_read_whatever_its_header_says(tmp_path: Path, head: bytes) -> None:
    write_stl(tmp_path / "a.stl", head=head)
    (part,), notes = stl.read(tmp_path / "a.stl")
    assert part.position[part.triangles].tolist() == FACETS.tolist()
    assert notes == []


@pytest.mark.parametrize(
    "text",
    [
        TEXT + "endsolid a\n",
        TEXT.replace("solid a", "solid vertex of an endfacet") + "endsolid vertex of an endfacet\n",
        (TEXT + "endsolid a\n").upper().replace("\n", "\r\n"),
        (TEXT + "endsolid").replace(" ", "\t").replace("\n", "\r"),
        "\ufeff"
        + TEXT.replace("facet normal", "endsolid\nsolid b\nfacet normal", 1).replace("solid b", "", 0)
        + "endsolid",
    ],
)
def test_a_text_stl_is_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.stl").write_text(text, encoding="utf-8")
    (part,), notes = stl.read(tmp_path / "a.stl")
    assert part.position[part.triangles].tolist() == FACETS.tolist()
    assert notes == []


def test_what_an_stl_lacks_is_told_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.stl"
    path.write_text(TEXT[: TEXT.rindex("vertex")])
    (part,), notes = stl.read(path)
    assert len(part.triangles) == 1
    assert "1 triangles of it are read" in notes[0]
    write_stl(path, more=b"trailer")
    assert stl.read(path)[1] == ["7 bytes after its last triangle are passed over"]
    write_stl(path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DamagedError, match="announces 2 triangles and has 1"):
        stl.read(path)
    path.write_text(TEXT.replace("0.000e+00", "0,5"))
    with pytest.raises(DamagedError, match=r"'0,5', which is no number: decimal commas"):
        stl.read(path)
    path.write_text("solid a\nendsolid a\n")
    with pytest.raises(DamagedError, match="no triangle"):
        stl.read(path)


@pytest.mark.parametrize(
    ("head", "bits", "wanted"),
    [
        (b"viscam", (0xFC00, 0x801F), [[255, 0, 0, 255], [0, 0, 255, 255]]),
        (b"x COLOR=\x0a\x14\x1e\xff,MATERIAL=", (0x001F, 0x8000), [[255, 0, 0, 255], [10, 20, 30, 255]]),
        (b"", (0xFC00, 0), [[255, 0, 0, 255], [255, 255, 255, 255]]),
        (b"", (0xFC00, 0x0001), None),
        (b"", (1, 2), None),
        (b"", (0, 0), None),
    ],
)
def test_colours_in_spare_bits_are_read(
    tmp_path: Path, head: bytes, bits: tuple[int, int], wanted: list[list[int]] | None
) -> None:
    write_stl(tmp_path / "a.stl", head=head, bits=bits)
    ((part,), notes) = stl.read(tmp_path / "a.stl")
    assert len(notes) == (wanted is None and any(bits))
    assert (None if part.colour is None else part.colour[::3].tolist()) == wanted


@pytest.mark.real
@pytest.mark.parametrize("file", ["m/a.ply", "n/b.ply"])
def test_the_cases_of_pictures_in_comments_have_them(shared: Path, file: str) -> None:
    path = shared / "cases/17-ply-texturefile" / file
    (part,), pictures, notes = ply_surface.read(path, root=path.parent)
    assert (part.picture, pictures, notes) == (0, [(path.parent / "t.png").read_bytes()], [])
    assert part.tcoord is not None
    assert (part.tcoord * (20, -20) + (0, 20)).tolist() == part.position[:, :2].tolist()

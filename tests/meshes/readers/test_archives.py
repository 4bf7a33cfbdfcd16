"""Tilesets in archives: read as if they were unpacked, and never written beside."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from pathlib import Path

import pytest

from meshes.errors import DamagedError, ForeignFileError, OverLimitError, UnsupportedForeignError
from meshes.readers.archive import opened_tileset
from tests.meshes.readers.foreign import b3dm, house, jpeg, tile

HOUSE = b3dm(house(picture=jpeg()).bytes())
ROOT = json.dumps(
    {"asset": {"version": "1.0"}, "root": tile("a.b3dm", 8, children=[tile("瓦片/b.b3dm")], refine="ADD")}
).encode()


def packed(path: Path, files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


FILES = {"tileset.json": ROOT, "a.b3dm": HOUSE, "瓦片/b.b3dm": HOUSE, "@3dtilesIndex1@": b"\0" * 24}


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("beneath", ["", "delivery/"])
def test_a_tileset_in_an_archive_is_read(tmp_path: Path, how: int, beneath: str) -> None:
    path = packed(tmp_path / "a.3tz", {beneath + name: data for name, data in FILES.items()}, how)
    with opened_tileset(path) as tileset:
        assert tileset.contents == (("a.b3dm",), ("瓦片/b.b3dm",))
        assert tileset.problems == ()
        assert tileset.read(1).triangles == 4
        folder = tileset.folder
    assert not folder.exists()
    assert [file.name for file in tmp_path.iterdir()] == ["a.3tz"]


def test_a_file_that_cannot_be_unpacked_costs_itself(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.3tz", FILES, zipfile.ZIP_STORED)
    data = path.read_bytes()
    at = data.rindex(HOUSE)
    path.write_bytes(data[: at + 100] + b"?" + data[at + 101 :])
    with opened_tileset(path) as tileset:
        assert tileset.contents == (("a.b3dm",), ())
        assert tileset.problems[0] == "瓦片/b.b3dm: is damaged in the archive: left out"
        assert tileset.problems[1].startswith("tileset.json, root.children[0]: names '瓦片/b.b3dm'")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../out.b3dm", "leads out of its folder"),
        ("/out.b3dm", "without a folder"),
        ("a\\..\\..\\x", "leads out"),
    ],
)
def test_a_name_that_leads_out_is_left_out(tmp_path: Path, name: str, words: str) -> None:
    path = packed(tmp_path / "a.3tz", {**FILES, name: b"x"})
    with opened_tileset(path) as tileset:
        (line,) = tileset.problems
        assert words in line
    assert [file.name for file in tmp_path.iterdir()] == ["a.3tz"]


def test_a_link_in_an_archive_is_left_out(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.3tz", FILES)
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with opened_tileset(path) as tileset:
        assert tileset.problems == ("link: is a link, which is not read from an archive: left out",)


def truncated() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tileset.json", ROOT)
    return file.getvalue()[:-40]


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (b"", DamagedError, "is no zip archive"),
        (b"PK\3\4" + b"x" * 300, DamagedError, "is no zip archive"),
        (truncated(), DamagedError, "cut off"),
        ({"x.json": b"{}"}, DamagedError, "has no tileset.json"),
        (
            {"a/tileset.json": ROOT, "b/tileset.json": ROOT},
            UnsupportedForeignError,
            "several tilesets, a/tileset.json",
        ),
        ({"tileset.json": ROOT, "bomb": bytes(80 << 20)}, OverLimitError, "unpacks to 80 MiB; at most 64"),
        ({"tileset.json": b"{}"}, DamagedError, "is no tileset"),
    ],
)
def test_an_archive_that_cannot_be_used_is_refused_by_its_own_name(
    tmp_path: Path, data: bytes | dict[str, bytes], kind: type[ForeignFileError], words: str
) -> None:
    path = tmp_path / "a.3tz"
    if isinstance(data, bytes):
        path.write_bytes(data)
    else:
        packed(path, data)
    with pytest.raises(kind, match=words) as caught, opened_tileset(path):
        pass
    assert str(caught.value).startswith(f"{path}: ")
    assert str(caught.value).count("/tmp") <= 1

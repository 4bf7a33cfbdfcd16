"""Files that are no tiles: one clear line each, and never a crash."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import numpy as np
import pytest

from meshes.errors import BadTileError
from meshes.tiles import Content, map_glb, read_centre
from tests.meshes.tiles.tiling import dots, picture, put, sheet, tile

MUTATIONS = 20_000 if os.environ.get("TWIN_ENDURANCE") == "1" else 1_000


@pytest.fixture
def glb(tmp_path: Path) -> Path:
    content = tile(sheet(image=picture(), colour=True, feature=True), dots())
    return tmp_path / put(tmp_path, "tile.glb", content)


def refused(path: Path) -> str:
    with pytest.raises(BadTileError) as caught:
        map_glb(path)
    message = str(caught.value)
    assert message.startswith(f"{path} is no usable tile: ")
    assert message.endswith("build the tiles again")
    assert "\n" not in message
    return message


def used(content: Content) -> None:
    """Touches everything, as a renderer would, and asserts what it relies on."""
    for primitive in content.primitives:
        assert np.isfinite(primitive.position).all()
        if primitive.triangles is not None:
            assert primitive.position[primitive.triangles].shape == (len(primitive.triangles), 3, 3)
        for array in (primitive.tcoord, primitive.colour, primitive.feature):
            assert array is None or (len(array) == len(primitive.position) and np.isfinite(array).all())
        assert len(bytes(primitive.image or b"")) < 10_000


@pytest.mark.parametrize("size", [0, 1, 11, 27, 28, 100, 1000])
def test_a_truncated_file_is_refused(glb: Path, size: int) -> None:
    glb.write_bytes(glb.read_bytes()[:size])
    refused(glb)


def test_every_shorter_and_every_longer_file_is_refused(glb: Path) -> None:
    data = glb.read_bytes()
    for size in range(0, len(data), 7):
        glb.write_bytes(data[:size])
        refused(glb)
    glb.write_bytes(data + b"\0" * 4)
    refused(glb)


def test_random_bytes_are_refused(glb: Path) -> None:
    random = np.random.default_rng(1)
    for size in (28, 200, 4096):
        glb.write_bytes(random.bytes(size))
        assert "not a GLB" in refused(glb)


def test_mutated_bytes_are_refused_or_still_safe_to_draw(glb: Path) -> None:
    random = np.random.default_rng(7)
    whole = np.frombuffer(glb.read_bytes(), np.uint8)
    header = 20 + int(whole[12:16].view("<u4")[0]) + 8
    verdicts = [0, 0]
    for k in range(MUTATIONS):
        data = whole.copy()
        reach = (
            header if k % 2 else len(data)
        )  # the header is small beside the arrays, and more depends on it
        places = random.integers(0, reach, random.integers(1, 5))
        data[places] = random.integers(0, 256, len(places))
        glb.write_bytes(data.tobytes())
        try:
            used(map_glb(glb))
        except BadTileError:
            verdicts[0] += 1
        else:
            verdicts[1] += 1
    assert min(verdicts) > 0


def altered(glb: Path, table: int, value: bytes) -> str:
    """What is said of the file with ``value`` at a place in its table."""
    whole = glb.read_bytes()
    start = 28 + struct.unpack_from("<I", whole, 12)[0] + table
    glb.write_bytes(whole[:start] + value + whole[start + len(value) :])
    message = refused(glb)
    glb.write_bytes(whole)
    return message


HEAD, PART = 36, 32  # bytes of the table's head and of a primitive's row
MANY = struct.pack("<I", 0xFFFFFFFF)
NONE = bytes(4)
NAN, INF = struct.pack("<f", float("nan")), struct.pack("<f", float("inf"))


@pytest.mark.parametrize(
    ("table", "value", "says"),
    [
        (0, b"MYT0", "not one of this system"),
        (4, struct.pack("<d", float("nan")), "table is broken"),
        (20, struct.pack("<d", float("inf")), "table is broken"),
        (28, NONE, "table is broken"),
        (28, MANY, "table is broken"),
        (28, struct.pack("<I", 1), "table is broken"),
        (32, NONE, "table is broken"),
        (32, MANY, "table is broken"),
        (HEAD, NONE, "table is broken"),
        (HEAD, MANY, "its table tells of"),
        (HEAD + 4, NONE, "its table tells of"),
        (HEAD + 4, MANY, "its table tells of"),
        (HEAD + 8, MANY, "table is broken"),
        (HEAD + 8, NONE, "table is broken"),
        (HEAD + 16, struct.pack("<I", 2), "table is broken"),
        (HEAD + 20, MANY, "its table tells of"),
        (HEAD + 24, NAN, "table is broken"),
        (HEAD + 24, INF, "table is broken"),
        (HEAD + 24, struct.pack("<f", 9.5), "no number within"),
        (HEAD + PART + 16, struct.pack("<I", 1), "table is broken"),
        (HEAD + 2 * PART, MANY, "table is broken"),
        (HEAD + 2 * PART, struct.pack("<I", 1), "not image/png"),
        (HEAD + 2 * PART + 4, NONE, "table is broken"),
        (HEAD + 2 * PART + 4, MANY, "its table tells of"),
    ],
)
def test_a_broken_table_is_refused(glb: Path, table: int, value: bytes, says: str) -> None:
    assert says in altered(glb, table, value)


def test_the_glb_of_others_is_refused(tmp_path: Path) -> None:
    text = b'{"asset":{"version":"2.0"}}  '[:28]
    path = tmp_path / "other.glb"
    for body in (b"", bytes(400)):
        head = struct.pack("<5I", 0x46546C67, 2, 28 + len(text) + len(body), len(text), 0x4E4F534A)
        path.write_bytes(head + text + struct.pack("<2I", len(body), 0x004E4942) + body)
        assert "not one of this system" in refused(path)


def overwritten(glb: Path, where: int, value: bytes) -> None:
    """``where`` counts from the first array."""
    data = bytearray(glb.read_bytes())
    start = 28 + struct.unpack_from("<I", data, 12)[0] + HEAD + 2 * PART + 8 + where
    data[start : start + len(value)] = value
    glb.write_bytes(data)


def test_wrong_numbers_in_arrays_are_refused(glb: Path) -> None:
    whole = glb.read_bytes()
    features = 4 * 12 + 4 * 8
    corners = features + 4 * 4 + 4 * 8
    image = corners + 2 * 12 + 5 * 20
    cases = [
        (0, NAN, "no number within"),
        (4, INF, "no number within"),
        (0, struct.pack("<f", -1e30), "no number within"),
        (4 * 12, NAN, "no number within"),
        (features, struct.pack("<f", -1.5), "a feature is not"),
        (corners, struct.pack("<I", 4), "not among the 4"),
        (corners, MANY, "not among the 4"),
        (image, b"BM\0\0", "neither JPEG nor PNG"),
    ]
    for where, value, says in cases:
        glb.write_bytes(whole)
        overwritten(glb, where, value)
        assert says in refused(glb)


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", ".", "missing/tile.glb", "zero\0byte", "x" * 300):
        refused(tmp_path / name)
        with pytest.raises(BadTileError):
            read_centre(tmp_path / name)

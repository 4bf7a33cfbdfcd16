"""The buffers that a glTF names are found however exporters write their names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.meshes.readers.foreign import house
from tests.meshes.readers.test_gltf_read import UPRIGHT, one, read, text_of

URIS = ("村.bin", "%E6%9D%91.bin", "%E6%9D%91.bin?v=2", r".\村.bin", "sub/../村.bin", "./村.bin")


@pytest.mark.parametrize("uri", URIS)
def test_a_buffer_is_found_however_its_name_is_written(tmp_path: Path, uri: str) -> None:
    document = text_of(house())
    document["buffers"][0]["uri"] = uri
    glb = house()
    glb.bytes()
    (tmp_path / "村.bin").write_bytes(glb.binary)
    (part,), _, _ = read(json.dumps(document).encode(), tmp_path)
    assert part.position == pytest.approx(UPRIGHT)


@pytest.mark.parametrize(
    "uri",
    [
        "%B4%E5.bin",
        r"C:\work\models\村.bin",
        "file:///D:/%E6%9D%91.bin",
        "/home/a/村.bin",
        "../../out/村.bin",
    ],
)
def test_a_path_of_the_exporters_own_disk_means_what_lies_beside(tmp_path: Path, uri: str) -> None:
    document = text_of(house())
    glb = house()
    glb.bytes()
    (tmp_path / "村.bin").write_bytes(glb.binary)
    document["buffers"][0]["uri"] = uri
    assert len(read(json.dumps(document).encode(), tmp_path)[0]) == 1


@pytest.mark.parametrize("name", ["a#1.bin", "50%.bin", "a?.bin"])
def test_a_name_that_should_have_been_encoded_is_found(tmp_path: Path, name: str) -> None:
    document = text_of(house())
    glb = house()
    glb.bytes()
    (tmp_path / name).write_bytes(glb.binary)
    document["buffers"][0]["uri"] = name
    assert len(read(json.dumps(document).encode(), tmp_path)[0]) == 1


@pytest.mark.parametrize(
    "head",
    ["data:application/octet-stream;base64,", "DATA:;BASE64,", "data:application/gltf-buffer;base64,\n"],
)
def test_data_uris_of_every_hand_are_read(head: str) -> None:
    document = text_of(house())
    body = document["buffers"][0]["uri"].partition(",")[2].rstrip("=")
    document["buffers"][0]["uri"] = head + body
    assert len(one(json.dumps(document).encode()).triangles) == 4

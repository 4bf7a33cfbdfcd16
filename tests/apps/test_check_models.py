"""``twin check`` reads 3D models as a build does, and says what it would leave out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.apps.command import twin
from tests.small import write_small_basin

ENTRY = """
  yard:
    kind: model
    title: {{zh: 院落, en: Yard}}
    driver: {driver}
    uri: {uri}
    anchor: {{east: 492010, north: 4483590, height_m: 158.2}}
    vertical: {{reference: local}}
    edition: "1"
    source: a test
    access: public
"""
NULL_ERROR = json.dumps(
    {
        "asset": {"version": "1.0"},
        "geometricError": 1,
        "root": {
            "boundingVolume": {"box": [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]},
            "geometricError": None,
            "content": {"uri": "a.glb"},
        },
    }
)
OBJ = "v 0 0 0\nv 10 0 0\nv 0 10 5\nf 1 2 3\n"


def checked(
    folder: Path, driver: str, uri: str, content: str | bytes, *, code: int
) -> tuple[str, str, list[str]]:
    """Status, facts or reason, and what is said of the model."""
    path = write_small_basin(folder)
    path.write_text(path.read_text("utf-8") + ENTRY.format(driver=driver, uri=uri).lstrip("\n"), "utf-8")
    file = folder / uri
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = twin("check", path, "--json")
    assert result.returncode == code, result.stdout
    told = json.loads(result.stdout)
    (row,) = [row for row in told["entries"] if row["id"] == "yard"]
    said = [problem["message"] for problem in told["problems"] if problem["entry"] == "yard"]
    return row["status"], row["reason"] or row["facts"], said


def test_a_model_is_read(tmp_path: Path) -> None:
    found = checked(tmp_path, "surface", "models/yard.obj", OBJ, code=0)
    assert found == ("ok", "1 triangle, 0 pictures", [])


def test_what_a_build_would_leave_out_is_a_doubt(tmp_path: Path) -> None:
    status, _, said = checked(tmp_path, "surface", "models/yard.obj", "mtllib gone.mtl\n" + OBJ, code=0)
    assert status == "ok"
    assert any("gone.mtl" in words for words in said)
    table = twin("check", tmp_path / "data_catalog.yaml").stdout
    assert re.search(r"^yard .* doubtful +1 triangle", table, re.MULTILINE)
    assert re.search(r"^terrain .* ok +200", table, re.MULTILINE)


@pytest.mark.parametrize(
    ("driver", "uri", "content", "words"),
    [
        ("surface", "models/yard.obj", "v 0 0 0\nv 1 0 0\nf 1 2 9\n", "9"),
        ("surface", "models/yard.glb", b"glTF\x02\0\0\0", ""),
        ("points", "models/yard.las", b"LASF", ""),
        ("tileset", "models/tileset.json", "{}", ""),
        ("tileset", "models/tileset.json", NULL_ERROR, "a.glb"),
        ("osgb", "models/metadata.xml", "<no>", "not XML"),
    ],
)
def test_what_a_build_cannot_read_is_an_error_of_the_check(
    tmp_path: Path, driver: str, uri: str, content: str | bytes, words: str
) -> None:
    status, _, said = checked(tmp_path, driver, uri, content, code=3)
    assert status == "broken"
    assert len(said) == 1 and "\n" not in said[0]
    assert words in said[0] and "float()" not in said[0]

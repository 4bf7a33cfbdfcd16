"""What is done in one way stays so: types of arrays are named once, JSON is parsed strictly."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("apps", "layers", "meshes", "twin")

ARRAY = re.compile(r"NDArray\[np\.(\w+)\]")
ALIASES = ROOT / "twin" / "arrays.py"

#: Where ``json`` itself parses, and why: what is written there holds names of files that are not Unicode.
PARSES = {
    "apps/build_process.py": "lines of our own child",
    "apps/cluster/painter_host.py": "replies of our own child",
    "apps/heartbeat.py": "lines of our own child",
    "twin/build/closure.py": "a cache",
    "twin/ingest/fork_server.py": "a pipe between our own processes",
    "twin/ingest/guard.py": "a pipe between our own processes",
    "twin/ingest/sandbox/geojson.py": "a first line is sniffed at, GDAL parses it",
    "twin/store.py": "a cache",
    "twin/strict_json.py": "the one parser",
}


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_types_of_arrays_are_named_in_one_module() -> None:
    aliased = set(ARRAY.findall(ALIASES.read_text("utf-8")))
    assert "float64" in aliased
    spelled = {
        f"{path.relative_to(ROOT)}: {kind}"
        for path in sources()
        if path != ALIASES
        for kind in ARRAY.findall(path.read_text("utf-8"))
        if kind in aliased
    }
    assert spelled == set()


def test_json_is_parsed_by_the_strict_parser() -> None:
    parses = re.compile(r"\bjson\.loads?\(")
    found = {
        path.relative_to(ROOT).as_posix() for path in sources() if parses.search(path.read_text("utf-8"))
    }
    assert found == set(PARSES)

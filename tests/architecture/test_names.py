"""One name, one thing: the name of a class is taken once in the whole tree."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("apps", "layers", "meshes", "twin")


def test_the_name_of_a_class_is_taken_once() -> None:
    """Also names with an underscore: a traceback and a search show them beside each other."""
    taken = defaultdict(list)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef):
                    taken[node.name].append(path.relative_to(ROOT).as_posix())
    assert {name: paths for name, paths in taken.items() if len(paths) > 1} == {}

"""Serving needs what requirements/run.in names and nothing else: checked against every import statement."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("apps", "layers", "meshes", "twin")

NOT_IMPORTED = {
    "laszip": "laspy decodes LAZ of LASzip 1 and of version 4 with it",
    "lazrs": "laspy decodes LAZ with it",
    "psycopg": "SQLAlchemy's driver behind postgresql:// addresses",
    "setuptools": "script/bootstrap installs the project with it, without fetching one of its own",
}
"""Lines of run.in that no statement of ours imports, and why they are needed."""

EXTRAS = {"ray": Path("apps/cluster")}
"""Libraries of an extra, and the only folder that imports them."""


def required(file: str) -> set[str]:
    lines = (ROOT / "requirements" / file).read_text("utf-8").splitlines()
    names = (re.split(r"[\[=<>~ ;]", line)[0] for line in lines if line and not line.startswith(("#", "-")))
    return {normal(name) for name in names}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def imported() -> frozenset[tuple[str, Path]]:
    """Dotted names that our packages import of libraries, those within functions too; and where."""
    return frozenset(_imported())


def _imported() -> Iterator[tuple[str, Path]]:
    for file in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                continue
            for name in names:
                if name.partition(".")[0] not in {*sys.stdlib_module_names, *PACKAGES}:
                    yield name, file.relative_to(ROOT)


@cache
def owners() -> dict[str, set[str]]:
    """Dotted name of each installed module -> distributions that hold it; ``trame`` is of several."""
    found: dict[str, set[str]] = {}
    for distribution in metadata.distributions():
        owner = normal(distribution.metadata["Name"])
        # Its ``files`` would ask the disk for each of 40,000.
        for line in (distribution.read_text("RECORD") or "").splitlines():
            path = Path(line.rsplit(",", 2)[0])
            if path.suffix in (".py", ".so", ".pyd"):
                parts = [*path.parts[:-1], path.name.partition(".")[0]]
                module = ".".join(parts).removesuffix(".__init__")
                found.setdefault(module, set()).add(owner)
    return found


def owners_of(name: str) -> set[str]:
    while name and name not in owners():
        name = name.rpartition(".")[0]
    return owners().get(name, set())


def test_nothing_is_imported_that_serving_does_not_ask_for() -> None:
    served = required("run.in")
    needed = {(name, file) for name, file in imported() if EXTRAS.get(name.partition(".")[0]) != file.parent}
    assert {f"{name} in {file}" for name, file in needed if not owners_of(name) & served} == set()


def test_every_requirement_of_serving_is_imported_or_excused() -> None:
    used = set[str]().union(*(owners_of(name) for name, _ in imported()))
    served = required("run.in")
    assert served - used == set(NOT_IMPORTED)
    assert served.isdisjoint(required("test.in"))

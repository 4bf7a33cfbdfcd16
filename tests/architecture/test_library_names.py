"""The packages are libraries: what a user needs is a name of the package, and importing it costs nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARIES = ("twin", "layers")

IMPORT = """
import sys
before = set(sys.modules)
import twin, layers
dir(twin), dir(layers)
loaded = {name.partition(".")[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)
print(*sorted(loaded))
import layers.multiblock.assembly, layers.stage
assert callable(layers.blocks) and callable(layers.Stage)
"""


def declared(package: str) -> dict[str, str]:
    """What a type checker sees that a package hands on: name -> module."""
    tree = ast.parse((ROOT / package / "__init__.py").read_text("utf-8"))
    return {
        alias.name: str(node.module)
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_importing_the_packages_loads_no_library_and_their_names_stay_theirs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["layers", "twin"]


@pytest.mark.parametrize("package", LIBRARIES)
def test_a_name_is_what_the_type_checker_takes_it_for(package: str) -> None:
    module = import_module(package)
    assert set(module.__all__) == set(declared(package))
    for name, home in declared(package).items():
        assert getattr(module, name) is getattr(import_module(home), name)
        assert name in dir(module)


@pytest.mark.parametrize("package", [*LIBRARIES, "meshes"])
def test_a_users_type_checker_is_told_that_there_are_types(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


@pytest.mark.parametrize("package", LIBRARIES)
def test_another_name_is_refused_as_of_any_module(package: str) -> None:
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'no_such'"):
        getattr(import_module(package), "no_such")  # noqa: B009  (the checker would refuse it)

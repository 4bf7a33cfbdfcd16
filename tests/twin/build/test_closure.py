"""What makes a product counts in its key, and nothing else: tried in a copy of the packages."""

from __future__ import annotations

import ast
import json
import os
import shutil
from importlib import metadata
from pathlib import Path

import pytest

from meshes.build.foreign_step import foreign_steps
from meshes.pipeline import steps_of
from twin.build.closure import HERE, Closures
from twin.catalog import ModelEntry, load_catalog

PROJECT = Path(__file__).resolve().parents[3]


def _roots() -> list[str]:
    """Where each step of the sample basin, and of a model that others made, is defined."""
    catalog = load_catalog(PROJECT / "data_catalog.yaml")
    others = catalog.of_class(ModelEntry)[0].model_copy(update={"driver": "surface"})
    steps = [*steps_of(catalog), *foreign_steps(catalog, others)]
    return sorted({step.make.__module__ for step in steps})


ROOTS = _roots()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for package in ("twin", "meshes"):
        shutil.copytree(HERE / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def digests(copy: Path) -> dict[str, str]:
    return digests_now(copy)


@pytest.fixture(scope="module")
def here() -> Closures:
    return Closures()


def digests_now(copy: Path) -> dict[str, str]:
    closures = Closures(copy, notebook=copy / "code.json")
    return {root: closures.digest(root) for root in ROOTS}


def digest_now(copy: Path, root: str) -> str:
    return Closures(copy, notebook=copy / "code.json").digest(root)


def file_of(copy: Path, module: str) -> Path:
    path = copy.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def in_other_words(text: str) -> str:
    """A module with other docstrings, and a comment before each."""
    lines = text.splitlines(keepends=True)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            told = node.body[0]
            first, last = told.lineno - 1, told.end_lineno or told.lineno
            other = f'# a comment\n{" " * told.col_offset}"""Other words."""\n'
            lines[first:last] = [other, *[""] * (last - first - 1)]  # as many, for those below
    return "".join(lines)


def test_each_module_counts_in_the_keys_of_the_steps_that_import_it(
    copy: Path, here: Closures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One module after the other gets a statement more, in a copy."""
    monkeypatch.setattr(metadata, "version", lambda name: "1")  # the real ones take their time
    closures = {root: here.closure(root)[0] for root in ROOTS}
    whole, known = digests_now(copy), (copy / "code.json").read_bytes()
    for module in sorted(set().union(*closures.values())):
        file = file_of(copy, module)
        text, times = file.read_bytes(), file.stat()
        file.write_bytes(text + b"\nADDED = 1\n")
        now = digests_now(copy)
        changed = {root for root in ROOTS if now[root] != whole[root]}
        assert changed == {root for root in ROOTS if module in closures[root]}, module
        file.write_bytes(text)
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
        (copy / "code.json").write_bytes(known)  # so that nothing is parsed but what is changed
    assert digests_now(copy) == whole


def test_no_comment_and_no_docstring_changes_a_key(copy: Path, digests: dict[str, str]) -> None:
    files = {file: file.read_text("utf-8") for file in copy.rglob("*.py")}
    for file, text in files.items():
        file.write_text(in_other_words(text), "utf-8")
    assert sum(file.read_text("utf-8") != text for file, text in files.items()) > 300
    assert digests_now(copy) == digests
    for file, text in files.items():
        file.write_text(text, "utf-8")


def test_a_step_is_defined_apart_from_all_other_steps(here: Closures) -> None:
    """Else a change to one step makes the product of another anew."""
    for root in ROOTS:
        assert here.closure(root)[0] & {*ROOTS} == {root}


@pytest.mark.parametrize(
    ("module", "root"),
    [
        ("twin.grid", "twin.build.ground_step"),
        ("twin.cog", "twin.build.ground_step"),
        ("twin.products", "twin.build.ground_step"),
        ("twin.frame", "twin.build.ground_step"),
        ("twin.ingest.sandbox.strips", "twin.build.ground_step"),  # runs in the child, named by a string
        ("twin.sample.facts", "meshes.sample.village_steps"),
        ("meshes.readers.sandbox.obj", "meshes.build.foreign_step"),
    ],
)
def test_what_hand_lists_forgot_is_in_the_closure(here: Closures, module: str, root: str) -> None:
    assert module in here.closure(root)[0]


@pytest.mark.parametrize("root", ROOTS)
def test_no_step_drags_in_what_it_does_not_use(here: Closures, root: str) -> None:
    modules, _ = here.closure(root)
    strange = ("twin.stations.feeds", "twin.alarms", "layers", "apps")
    assert not {name for name in modules if name.startswith(strange)}
    if "sample" not in root.split("."):
        assert not {name for name in modules if "sample" in name.split(".")}


def test_a_library_of_another_version_changes_the_keys_that_use_it(
    copy: Path, digests: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0.0" if name == "numba" else known(name))
    changed = {root for root in ROOTS if digest_now(copy, root) != digests[root]}
    assert "twin.build.water_step" in changed
    assert changed.isdisjoint({"twin.build.tables", "twin.build.stations"})


def test_a_key_does_not_depend_on_where_the_tree_lies(here: Closures, digests: dict[str, str]) -> None:
    assert here.digest("twin.build.tables") == digests["twin.build.tables"]


def test_type_checking_is_not_followed_and_data_beside_a_package_counts(tmp_path: Path) -> None:
    package = tmp_path / "twin"
    (package / "runs").mkdir(parents=True)
    for name, text in {
        "__init__.py": "from twin.b import B\nfrom twin.c import C\n",
        "a.py": "from twin import B\nif TYPE_CHECKING:\n    import twin.d\nR = 'twin.runs'\n",
        "b.py": "B = 1\n",
        "c.py": "C = 1\n",
        "d.py": "",
        "runs/__init__.py": "",
        "runs/one.csv": "1\n",
    }.items():
        (package / name).write_text(text, encoding="utf-8")
    assert Closures(tmp_path).closure("twin.a")[0] == {"twin", "twin.a", "twin.b", "twin.runs"}
    before = Closures(tmp_path).digest("twin.a")
    (package / "runs/one.csv").write_text("2\n", encoding="utf-8")
    assert Closures(tmp_path).digest("twin.a") != before


def test_what_a_package_hands_on_lazily_is_followed_where_somebody_asks_for_it(tmp_path: Path) -> None:
    package = tmp_path / "twin"
    package.mkdir()
    for name, text in {
        "__init__.py": "if TYPE_CHECKING:\n    from twin.b import B\n    from twin.c import C\n",
        "a.py": "from twin import B\n",
        "b.py": "B = 1\n",
        "c.py": "C = 1\n",
    }.items():
        (package / name).write_text(text, encoding="utf-8")
    assert Closures(tmp_path).closure("twin.a")[0] == {"twin", "twin.a", "twin.b"}


def test_a_root_that_is_no_module_is_refused() -> None:
    with pytest.raises(ModuleNotFoundError):
        Closures().digest("twin.no_such")


@pytest.mark.parametrize(
    "kept", ["[]", "{", '{"by": "another edition", "modules": {"x": {}}}', '{"modules": 1}']
)
def test_notes_of_another_edition_are_passed_over(copy: Path, digests: dict[str, str], kept: str) -> None:
    notebook = copy / "other.json"
    notebook.write_text(kept, "utf-8")
    root = "twin.build.water_step"
    assert Closures(copy, notebook=notebook).digest(root) == digests[root]
    assert len(notebook.read_text("utf-8")) > 1000


def test_a_second_store_of_a_process_parses_nothing_again(
    copy: Path, digests: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ast.parse", lambda *_: pytest.fail("parsed again"))
    root = "twin.build.water_step"
    assert Closures(copy, notebook=copy / "second.json").digest(root) == digests[root]
    assert (copy / "second.json").is_file()


def test_notes_do_not_grow_with_edits(copy: Path) -> None:
    notebook, file = copy / "grown.json", file_of(copy, "twin.build.water_step")
    whole = file.read_text("utf-8")
    try:
        Closures(copy, notebook=notebook).digest("twin.build.water_step")
        first = len(json.loads(notebook.read_text("utf-8"))["modules"])
        for k in range(3):
            file.write_text(whole + "\n" * (k + 1), "utf-8")
            Closures(copy, notebook=notebook).digest("twin.build.water_step")
        assert len(json.loads(notebook.read_text("utf-8"))["modules"]) == first
    finally:
        file.write_text(whole, "utf-8")

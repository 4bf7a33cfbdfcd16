"""What makes a product counts in its key, and nothing else: tried in a copy of the packages."""

from __future__ import annotations

import json
import shutil
from importlib import metadata
from pathlib import Path

import pytest

from twin.build.closure import HERE, Closures

ROOTS = (
    "twin.sample.generate",
    "twin.build.ground",
    "twin.build.water",
    "twin.build.vectors",
    "twin.build.tables",
    "twin.build.stations",
    "meshes.build.picture",
    "meshes.build.ground.pyramid",
    "meshes.build.surroundings",
    "meshes.build.villages",
    "meshes.build.foreign.build",
)
EVERY = 25
"""Of each closure every so many modules are changed, one at a time."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for package in ("twin", "meshes"):
        shutil.copytree(HERE / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def digests(copy: Path) -> dict[str, str]:
    closures = Closures(copy, notebook=copy / "code.json")
    return {root: closures.digest([root]) for root in ROOTS}


@pytest.fixture(scope="module")
def here() -> Closures:
    return Closures()


def digest_now(copy: Path, root: str) -> str:
    return Closures(copy, notebook=copy / "code.json").digest([root])


def file_of(copy: Path, module: str) -> Path:
    path = copy.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@pytest.mark.parametrize("root", ROOTS)
def test_a_statement_in_a_module_changes_the_keys_it_makes(
    copy: Path, digests: dict[str, str], root: str
) -> None:
    modules, _ = Closures(copy, notebook=copy / "code.json").closure([root])
    for module in {root, *sorted(modules)[ROOTS.index(root) :: EVERY]}:
        file = file_of(copy, module)
        text = file.read_text(encoding="utf-8")
        file.write_text(text + "\nADDED = 1\n", encoding="utf-8")
        assert digest_now(copy, root) != digests[root], module
        file.write_text(text, encoding="utf-8")
    assert digest_now(copy, root) == digests[root]


def test_a_comment_or_a_docstring_changes_no_key(copy: Path, digests: dict[str, str]) -> None:
    for name in (
        "twin/grid.py",
        "twin/water/flood.py",
        "meshes/tiles/glb.py",
        "twin/ingest/sandbox/table.py",
    ):
        file = copy / name
        text = file.read_text(encoding="utf-8")
        file.write_text('"""Other words."""\n# and a comment\n' + text.split('"""', 2)[2], encoding="utf-8")
    assert {root: digest_now(copy, root) for root in ROOTS} == digests


@pytest.mark.parametrize(
    ("module", "root"),
    [
        ("twin.grid", "twin.build.ground"),
        ("twin.cog", "twin.build.ground"),
        ("twin.products", "twin.build.ground"),
        ("twin.frame", "twin.build.ground"),
        ("twin.ingest.sandbox.strips", "twin.build.ground"),  # runs in the child, named by a string
        ("twin.sample.facts", "meshes.build.villages"),
        ("meshes.readers.sandbox.obj", "meshes.build.foreign.build"),
    ],
)
def test_what_hand_lists_forgot_is_in_the_closure(here: Closures, module: str, root: str) -> None:
    assert module in here.closure([root])[0]


@pytest.mark.parametrize("root", ROOTS)
def test_no_step_drags_in_what_it_does_not_use(here: Closures, root: str) -> None:
    modules, _ = here.closure([root])
    assert not {name for name in modules if name.startswith(("twin.stations.feeds", "layers", "apps"))}
    if root != "twin.sample.generate" and not root.startswith(
        ("twin.build.stations", "meshes.build.villages")
    ):
        assert not {name for name in modules if "sample" in name.split(".")}


def test_a_library_of_another_version_changes_the_keys_that_use_it(
    copy: Path, digests: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0.0" if name == "numba" else known(name))
    changed = {root for root in ROOTS if digest_now(copy, root) != digests[root]}
    assert "twin.build.water" in changed
    assert changed.isdisjoint({"twin.build.tables", "twin.build.vectors"})


def test_a_key_does_not_depend_on_where_the_tree_lies(here: Closures, digests: dict[str, str]) -> None:
    assert here.digest(["twin.build.tables"]) == digests["twin.build.tables"]


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
    assert Closures(tmp_path).closure(["twin.a"])[0] == {"twin", "twin.a", "twin.b", "twin.runs"}
    before = Closures(tmp_path).digest(["twin.a"])
    (package / "runs/one.csv").write_text("2\n", encoding="utf-8")
    assert Closures(tmp_path).digest(["twin.a"]) != before


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
    assert Closures(tmp_path).closure(["twin.a"])[0] == {"twin", "twin.a", "twin.b"}


def test_a_root_that_is_no_module_is_refused() -> None:
    with pytest.raises(ModuleNotFoundError):
        Closures().digest(["twin.no_such"])


@pytest.mark.parametrize(
    "kept", ["[]", "{", '{"by": "another edition", "modules": {"x": {}}}', '{"modules": 1}']
)
def test_notes_of_another_edition_are_passed_over(copy: Path, digests: dict[str, str], kept: str) -> None:
    notebook = copy / "other.json"
    notebook.write_text(kept, "utf-8")
    root = "twin.build.water"
    assert Closures(copy, notebook=notebook).digest([root]) == digests[root]
    assert len(notebook.read_text("utf-8")) > 1000


def test_a_second_store_of_a_process_parses_nothing_again(
    copy: Path, digests: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ast.parse", lambda *_: pytest.fail("parsed again"))
    root = "twin.build.water"
    assert Closures(copy, notebook=copy / "second.json").digest([root]) == digests[root]
    assert (copy / "second.json").is_file()


def test_notes_do_not_grow_with_edits(copy: Path) -> None:
    notebook, file = copy / "grown.json", file_of(copy, "twin.build.water")
    whole = file.read_text("utf-8")
    try:
        Closures(copy, notebook=notebook).digest(["twin.build.water"])
        first = len(json.loads(notebook.read_text("utf-8"))["modules"])
        for k in range(3):
            file.write_text(whole + "\n" * (k + 1), "utf-8")
            Closures(copy, notebook=notebook).digest(["twin.build.water"])
        assert len(json.loads(notebook.read_text("utf-8"))["modules"]) == first
    finally:
        file.write_text(whole, "utf-8")

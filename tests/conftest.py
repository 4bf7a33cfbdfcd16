"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.shared_store import SharedStore
from tests.small import write_small_basin

# script/test runs a seeded sample of every property; script/endurance many more examples.
settings.register_profile("sample", deadline=None, derandomize=True, max_examples=30)
settings.register_profile("endurance", deadline=None, max_examples=1500)
settings.load_profile("endurance" if os.environ.get("TWIN_ENDURANCE") == "1" else "sample")

PROJECT = Path(__file__).resolve().parents[1]
LONG = (
    "apps/cluster",
    "bench",
    "browser",
    "examples",
    "interop",
    "meshes/build_surface",
    "mutants",
    "real",
    "twin/sample",
    "visual",
)
"""Folders with files that take long for the number of their tests."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run long files first, then those of many tests: the last ones are short, so workers end together."""
    tests = Counter(item.path for item in items)
    long = {path for path in tests for folder in LONG if path.is_relative_to(PROJECT / "tests" / folder)}
    items.sort(key=lambda item: (item.path not in long, -tests[item.path]))


@pytest.fixture(scope="module", autouse=True)
def no_load_thread_is_left() -> Iterator[None]:
    """A file of tests closes each Stage and streamer that it opens."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in set(threading.enumerate()) - before if thread.name.startswith("load-")]
    assert not left


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's root."""
    return PROJECT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real input data; a missing one skips, or fails where TWIN_REQUIRE_REAL=1."""
    folder = Path(os.environ.get("TWIN_SHARED", PROJECT.parent / "shared")) / "data"
    if not folder.is_dir():
        message = f"no real input data at {folder}; set TWIN_SHARED to the folder that holds data/"
        if os.environ.get("TWIN_REQUIRE_REAL") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture
def small_catalog(tmp_path: Path) -> Path:
    """The catalog of a small basin of one's own, not built yet."""
    return write_small_basin(tmp_path / "small")


@pytest.fixture(scope="session")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> SharedStore:
    """The store of products that all workers of this run share."""
    folder = tmp_path_factory.getbasetemp()
    run = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    return SharedStore(run / "shared-store")


@pytest.fixture(scope="session")
def small_basin(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalog of a small basin that is built; not to be changed."""
    return shared_store.build(write_small_basin(tmp_path_factory.mktemp("small")))


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB; needs the right to mount."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    mounted = (
        os.geteuid() == 0 and shutil.which("mount") and subprocess.run(mount, check=False).returncode == 0
    )
    if not mounted:
        pytest.skip("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)

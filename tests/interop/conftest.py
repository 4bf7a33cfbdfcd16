"""Viewers of other people and a store for them to open."""

from __future__ import annotations

import fcntl
import subprocess
from pathlib import Path

import pytest

from tests.interop.villages import Built, build_two
from tests.meshes.tiles.conftest import validate  # noqa: F401  (a fixture)

NPM = Path(__file__).parent / "npm"


def installed_cesium(lock_file: Path) -> Path:
    """The folder of CesiumJS's built files; installs it once where it is missing."""
    folder = NPM / "node_modules" / "cesium" / "Build" / "Cesium"
    with lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two workers of one run
        if not folder.is_dir():
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=NPM, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def cesium(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed_cesium(tmp_path_factory.getbasetemp().parent / "cesium.lock")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Two villages under one tileset; not to be changed."""
    return build_two(tmp_path_factory.mktemp("villages") / "store")

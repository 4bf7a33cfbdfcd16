"""The validator of the npm folder beside this file."""

from __future__ import annotations

import fcntl
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NPM = Path(__file__).parent / "npm"
Validate = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="session")
def validate(tmp_path_factory: pytest.TempPathFactory) -> Validate:
    """Runs gltf-validator over GLB files; installs it once where it is missing."""
    with (tmp_path_factory.getbasetemp().parent / "npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two workers of one run
        if not (NPM / "node_modules" / "gltf-validator").is_dir():
            command = ["npm", "ci", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=NPM, check=True, capture_output=True)

    def run(*paths: Path) -> list[dict[str, Any]]:
        command = ["node", str(NPM / "validate.mjs"), *map(str, paths)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run

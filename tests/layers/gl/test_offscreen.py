"""A machine that cannot draw says so in a line; VTK by itself ends in a segmentation fault."""

from __future__ import annotations

import os
import subprocess
import sys
from ctypes.util import find_library
from pathlib import Path

import numpy as np
import pytest

from layers.errors import NoOpenGLError
from layers.gl import offscreen

pytestmark = pytest.mark.skipif(find_library("OSMesa") is not None, reason="OSMesa is installed here")

CANNOT = {"VTK_DEFAULT_OPENGL_WINDOW": "vtkOSOpenGLRenderWindow"}
COMMANDS = {
    "twin serve": ["-m", "apps.cli", "serve", "--open", "{catalog}", "--port", "0"],
    "an example": ["examples/01_save_picture.py", "{catalog}", "--level", "150", "--out", "{out}"],
}


@pytest.mark.parametrize("command", list(COMMANDS.values()), ids=list(COMMANDS))
def test_whatever_draws_ends_with_one_line_where_opengl_does_not_work(
    project: Path, small_basin: Path, tmp_path: Path, command: list[str]
) -> None:
    words = [part.format(catalog=small_basin, out=tmp_path / "x.png") for part in command]
    end = subprocess.run(
        [sys.executable, *words],
        cwd=project,
        env=os.environ | CANNOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert end.returncode == 1, (end.returncode, end.stderr)
    (line,) = end.stderr.strip().splitlines()
    assert "OpenGL cannot draw off-screen here" in line
    assert "vtkOSOpenGLRenderWindow" in line
    assert "unset VTK_DEFAULT_OPENGL_WINDOW" in line


def test_a_driver_that_never_answers_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offscreen, "_works", False)
    monkeypatch.setattr(offscreen, "TRIED_S", 0.05)
    with pytest.raises(NoOpenGLError, match="did not answer"):
        offscreen.require_opengl()


def test_where_it_works_it_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offscreen, "_works", False)
    offscreen.require_opengl()
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    offscreen.require_opengl()


def test_the_child_finds_a_package_that_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A script that put the package's folder on its path draws, too."""
    libraries = Path(np.__file__).parents[1]
    python = tmp_path / "python"
    python.write_text(
        f"""#!/bin/sh
exec '{sys.executable}' -S -c 'import sys; sys.path.append("{libraries}"); exec(sys.argv[1])' "$2"
"""
    )
    python.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(offscreen, "_works", False)
    offscreen.require_opengl()

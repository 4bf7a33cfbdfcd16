"""Try off-screen drawing in a child process: without OpenGL, VTK crashes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from layers.errors import NoOpenGLError

TRIED_S = 60.0
CHOICE = "VTK_DEFAULT_OPENGL_WINDOW"

_lock = threading.Lock()
_works = False


def require_opengl() -> None:
    """Draw one small picture in a child, once a process.

    Raises NoOpenGLError. Without EGL, or with OSMesa asked for and not installed, VTK writes warnings and
    then ends the process by a segmentation fault.
    """
    global _works  # noqa: PLW0603  (a fact about the machine, found out once)
    with _lock:
        if not _works:
            _try_in_child()
            _works = True


def trust_opengl() -> None:
    """Draw without a trial in this process.

    It does nothing but draw, and may end by it.
    """
    global _works  # noqa: PLW0603  (the same)
    _works = True


def prefer_egl() -> None:
    """Prefer EGL over X where no X server runs.

    VTK would try X first, and complain.
    """
    if "DISPLAY" not in os.environ:
        os.environ.setdefault(CHOICE, "vtkEGLRenderWindow")


def _try_in_child() -> None:
    prefer_egl()
    root = str(Path(__file__).parents[2])  # a script may have found this package by a path of its own
    code = f"import sys; sys.path.insert(0, {root!r}); from layers.gl.trial_picture import main; main()"
    command = [sys.executable, "-c", code]
    try:
        end = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=TRIED_S, check=False
        )
        drawn, how = end.stdout.strip() == b"drawn", _how(end.returncode)
    except subprocess.TimeoutExpired:
        drawn, how = False, f"it did not answer within {TRIED_S:g} s"
    except OSError as error:
        drawn, how = False, str(error.strerror or error)
    if not drawn:
        set_ = [f"{name}={os.environ[name]}" for name in (CHOICE, "DISPLAY") if os.environ.get(name)]
        remedy = "install libegl1 and libgl1-mesa-dri (or a graphics driver)"
        if os.environ.get(CHOICE, "vtkEGLRenderWindow") != "vtkEGLRenderWindow":
            remedy += f", or unset {CHOICE}"
        raise NoOpenGLError(
            f"OpenGL cannot draw off-screen here ({how}; {', '.join(set_) or 'no DISPLAY'}): {remedy}",
            how=how,
        )


def _how(code: int) -> str:
    return f"it crashed with signal {-code}" if code < 0 else "it drew nothing"

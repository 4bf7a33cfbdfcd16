"""Call OpenGL functions that VTK does not wrap, through VTK's own loader."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from layers.errors import RenderError


@cache
def opengl(name: str, *kinds: Any) -> Any:
    """Return the OpenGL function of a name.

    ``kinds`` are its arguments' ctypes, and it returns nothing. A context must be current when it is called.
    Raises RenderError where this machine has none of the name.
    """
    for library, look_up in (("libEGL.so.1", "eglGetProcAddress"), ("libGL.so.1", "glXGetProcAddress")):
        try:
            find = getattr(ctypes.CDLL(library), look_up)
        except OSError:
            continue
        find.restype, find.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
        if address := find(name.encode()):
            return ctypes.CFUNCTYPE(None, *kinds)(address)
    raise RenderError(f"this machine's OpenGL has no {name}: install libegl1 and libgl1")

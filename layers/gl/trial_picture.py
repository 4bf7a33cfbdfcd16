"""Draw a small picture in the child process of ``offscreen.py``.

It ends, or crashes, by itself.
"""

from __future__ import annotations

import os

from layers.gl.window import opened, pixels

COLOUR = (0.2, 0.4, 0.6)


def _draw() -> bool:
    """Open a window as the scene does, draw it, and look at a pixel of it."""
    window, renderer = opened((16, 16))
    renderer.SetBackground(*COLOUR)
    window.Render()
    found = pixels(window)[8, 8, :3]
    return all(abs(int(value) / 255 - wanted) < 0.02 for value, wanted in zip(found, COLOUR, strict=True))


def main() -> None:
    """Print whether this process can draw, and exit."""
    if _draw():
        os.write(1, b"drawn\n")
    os._exit(0)  # a driver that falls in its own end has drawn all the same

"""Write one PNG a shot: its poster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PIL import Image

from apps.recorder.poster_frames import poster_frames
from apps.recorder.shots import Film
from twin.arrays import U8


def write_stills(film: Film, picture: Callable[[int], U8], folder: Path) -> list[Path]:
    """Write the poster of each shot into a folder; returns the files.

    ``picture`` draws a frame by its number, (height, width, 3) uint8. Files are named by the shot's place and
    id, ``02-rise.png``. Raises OSError, and what ``picture`` raises.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wide = len(str(len(film.storyboard.shots)))
    files = []
    for place, frame in enumerate(poster_frames(film), start=1):
        file = folder / f"{place:0{max(2, wide)}}-{frame.shot}.png"
        partial = file.with_name(f".{file.name}")
        Image.fromarray(picture(frame.number)).save(partial, format="PNG", compress_level=4)
        partial.replace(file)
        files.append(file)
    return files

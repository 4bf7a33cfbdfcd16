"""Convert segments to an animated GIF with one palette."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import av
from PIL import Image

from apps.recorder.recording_job import Segment

LOOKS, SAMPLE = 16, (160, 90)
"""So many frames, so large, decide the palette."""


def write_gif(out: Path, files: Sequence[tuple[Path, Segment]], *, fps: int) -> None:
    """Write the pictures of segments as an endless GIF. Raises OSError."""
    palette = _palette(files)
    frames = (image.quantize(palette=palette) for image in _images(files))
    first = next(frames)
    # A GIF's delays are hundredths of a second.
    first.save(out, format="GIF", save_all=True, append_images=frames, duration=1000 / fps, loop=0)


def _palette(files: Sequence[tuple[Path, Segment]]) -> Image.Image:
    count = sum(len(segment) for _, segment in files)
    every = max(1, count // LOOKS)
    looks = [image.resize(SAMPLE) for n, image in enumerate(_images(files)) if n % every == 0]
    sheet = Image.new("RGB", (SAMPLE[0], SAMPLE[1] * len(looks)))
    for row, look in enumerate(looks):
        sheet.paste(look, (0, row * SAMPLE[1]))
    return sheet.quantize(256, method=Image.Quantize.MEDIANCUT)


def _images(files: Sequence[tuple[Path, Segment]]) -> Iterator[Image.Image]:
    for file, _ in files:
        with av.open(str(file)) as source:
            for frame in source.decode(video=0):
                yield Image.fromarray(frame.to_ndarray(format="rgb24"))

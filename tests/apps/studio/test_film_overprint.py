"""The preview's overprint, laid over any picture, is what the recorder prints over it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from apps.recorder.film_frame import FrameWords
from apps.recorder.overprint.print_words import dissolve, print_words
from apps.studio.film_overprint import overprint_layer
from layers.labels.overlay import Overlay, north_deg, scale_bar
from layers.labels.painter import paint
from tests.apps.recorder.frames import WORDS, film_frame
from twin.basin import Basin
from twin.scene import Scene

SIZE = 640, 360


def recorded(picture: np.ndarray, words: FrameWords, scene: Scene) -> np.ndarray:
    """Words over a picture with its edges, as a recorded frame has them."""
    bar, north = scale_bar(scene.camera, 640 / 360), north_deg(scene.camera)
    edges = Overlay(labels=(), marks=(), north_deg=north, scale=bar, synthetic=None, mode=scene.moment.mode)
    return print_words(paint(picture, edges), film_frame(words))


def test_a_layer_over_a_picture_is_the_recorded_frame(small_basin: Path) -> None:
    """Also half way through a dissolve from a shot with other words."""
    basin = Basin.open(small_basin)
    now, before = WORDS, replace(WORDS, title=None, numbers=(), caption=None, block="另一块")
    picture = np.random.default_rng(7).integers(0, 256, (360, 640, 3), dtype=np.uint8)
    scene = film_frame().scene
    frames = film_frame(now), replace(film_frame(now), before=film_frame(before), mix=0.5)
    wanted = recorded(picture, now, scene)
    for frame, expected in zip(
        frames, (wanted, dissolve(recorded(picture, before, scene), wanted, 0.5)), strict=True
    ):
        layer = Image.fromarray(overprint_layer(frame, SIZE, basin=basin, inset=None))
        laid = Image.fromarray(picture).convert("RGBA")
        laid.alpha_composite(layer)
        off = np.abs(np.asarray(laid.convert("RGB")).astype(int) - expected)
        assert off.max() <= 6 and off.mean() < 0.2, (off.max(), off.mean())
        assert np.abs(expected.astype(int) - picture).mean() > 3.0

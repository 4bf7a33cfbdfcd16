"""Pictures in all their sizes, packed into 16 bits a pixel."""

from __future__ import annotations

import numpy as np
import pytest

from layers.tiles.mipmaps import mipmaps


def unpacked(level: np.ndarray) -> np.ndarray:
    """(rows, cols, 3) float, 0 to 255, as OpenGL reads it."""
    level = level.astype(np.int64)
    return np.stack([level >> 11, (level >> 5) & 63, level & 31], axis=-1) * 255.0 / (31, 63, 31)


def test_every_tone_is_kept_to_the_nearest_step() -> None:
    tones = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)
    off = np.abs(unpacked(mipmaps(tones)[0]) - tones).max(axis=(0, 1))
    assert (off <= np.array([255 / 62, 255 / 126, 255 / 62]) + 1e-9).all()


@pytest.mark.parametrize(("rows", "cols"), [(1, 1), (16, 16), (5, 12), (1, 9), (300, 7)])
def test_the_sizes_halve_down_to_one_pixel_and_keep_the_mean(rows: int, cols: int) -> None:
    pixels = np.full((rows, cols, 3), (200, 100, 50), np.uint8)
    levels = mipmaps(pixels)
    assert len(levels) == max(rows, cols).bit_length()
    for number, level in enumerate(levels):
        assert level.shape == (max(1, rows >> number), max(1, cols >> number))
        assert np.abs(unpacked(level) - (200, 100, 50)).max() <= 5
    halves = np.zeros((8, 8, 3), np.uint8)
    halves[:, ::2] = 255
    assert np.abs(unpacked(mipmaps(halves)[1]) - 127.5).max() <= 5

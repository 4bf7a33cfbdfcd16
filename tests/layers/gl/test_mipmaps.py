"""Pictures in all their sizes, packed into 16 bits a pixel."""

from __future__ import annotations

import numpy as np
import pytest

from layers.gl.mipmaps import mipmaps


def unpacked(level: np.ndarray) -> np.ndarray:
    """(rows, cols, 3) float, 0 to 255, as OpenGL reads it."""
    level = level.astype(np.int64)
    return np.stack([level >> 11, (level >> 5) & 63, level & 31], axis=-1) * 255.0 / (31, 63, 31)


def test_every_tone_is_kept_to_the_nearest_step() -> None:
    tones = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(4, axis=2)
    off = np.abs(unpacked(mipmaps(tones)[0]) - tones[..., :3]).max(axis=(0, 1))
    assert (off <= np.array([255 / 62, 255 / 126, 255 / 62]) + 1e-9).all()


@pytest.mark.parametrize(("rows", "cols"), [(1, 1), (16, 16), (5, 12), (1, 9), (300, 7)])
def test_the_sizes_halve_down_to_one_pixel_and_keep_the_mean(rows: int, cols: int) -> None:
    pixels = np.full((rows, cols, 4), (200, 100, 50, 255), np.uint8)
    levels = mipmaps(pixels)
    assert len(levels) == max(rows, cols).bit_length()
    for number, level in enumerate(levels):
        assert level.shape == (max(1, rows >> number), max(1, cols >> number))
        assert np.abs(unpacked(level) - (200, 100, 50)).max() <= 5
    halves = np.zeros((8, 8, 4), np.uint8)
    halves[:, ::2] = 255
    assert np.abs(unpacked(mipmaps(halves)[1]) - 127.5).max() <= 5


def test_each_colour_of_each_pixel_is_its_own_and_smaller_sizes_are_means_of_the_first() -> None:
    pixels = np.random.default_rng(5).integers(0, 256, (384, 256, 4), dtype=np.uint8)
    first, half, *_ = mipmaps(pixels)
    step = np.array([255 / 62, 255 / 126, 255 / 62])
    assert (np.abs(unpacked(first) - pixels[..., :3]).max(axis=(0, 1)) <= step + 1e-9).all()
    means = pixels[..., :3].reshape(192, 2, 128, 2, 3).mean(axis=(1, 3))
    assert (np.abs(unpacked(half) - means).max(axis=(0, 1)) <= step + 0.5 + 1e-9).all()

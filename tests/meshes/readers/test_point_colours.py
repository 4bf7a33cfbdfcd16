"""Colours of 8 and of 16 bits in one cloud, and points without one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from meshes.readers.sandbox.point_colours import PointColours
from tests.meshes.readers.clouds import read, write_cloud

RNG = np.random.default_rng(5)
PICTURE = RNG.integers(0, 256, (4000, 3))
"""A photograph in bytes; few of its points are black."""
DEEP = RNG.integers(0, 65536, (4000, 3))
"""One of 16 bits."""


def narrowed(rgb: np.ndarray, source: np.ndarray | int = 0) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Colours and which points have one, all counted before, and the words."""
    colours = PointColours()
    rgb = rgb.astype(np.uint16)
    ids = np.broadcast_to(np.asarray(source, np.uint16), len(rgb))
    for part in np.array_split(np.arange(len(rgb)), 3):
        colours.add(rgb[part], ids[part])
    return *colours.narrowed(rgb, ids), colours.words()


@pytest.mark.parametrize("times", [1, 256, 257])
def test_bytes_come_back_however_they_were_stretched(times: int) -> None:
    colour, coloured, words = narrowed(PICTURE * times)
    assert np.array_equal(colour, PICTURE)
    assert coloured.all()
    assert words == []


@pytest.mark.parametrize("times", [256, 257])
def test_bytes_beside_stretched_bytes_of_one_source_are_told_apart_point_by_point(times: int) -> None:
    mixed = np.where((np.arange(4000) % 7 == 0)[:, None], PICTURE, PICTURE * times)
    colour, _, words = narrowed(mixed)
    assert np.array_equal(colour, PICTURE)
    assert "of 8 bits (572 points) and of 16 (3,428) are mixed" in words[0]


def test_bytes_beside_a_photograph_of_16_bits_are_told_apart() -> None:
    colour, _, words = narrowed(np.concatenate([PICTURE, DEEP]))
    assert np.array_equal(colour[:4000], PICTURE)
    # Of the deep one, points below 1 of 255 in all three channels cannot be known: there are none here.
    assert np.array_equal(colour[4000:], DEEP >> 8)
    assert "of 8 bits (4,000 points) and of 16 (4,000) are mixed" in words[0]


def test_sources_are_told_apart_by_their_own_points() -> None:
    night = RNG.integers(0, 1500, (4000, 3))  # 16 bits, and dark
    rgb = np.concatenate([PICTURE, night])
    colour, _, _ = narrowed(rgb, np.repeat([3, 9], 4000))
    assert np.array_equal(colour[:4000], PICTURE)
    assert np.array_equal(colour[4000:], night >> 8)


def test_dark_points_of_a_photograph_of_16_bits_stay_dark() -> None:
    dark = np.minimum(RNG.exponential(3000, (20_000, 3)), 65535).astype(int)
    colour, _, words = narrowed(dark)
    assert np.array_equal(colour, dark >> 8)
    assert not any("8 bits" in line for line in words)


def test_a_cloud_written_with_12_bits_is_doubted() -> None:
    assert "12 bits" in narrowed(RNG.integers(0, 4096, (4000, 3)))[2][-1]


def test_points_without_a_colour_beside_coloured_ones_have_none() -> None:
    rgb = np.concatenate([PICTURE, np.zeros((500, 3), int)])
    _, coloured, words = narrowed(rgb)
    assert coloured[:4000].all()
    assert not coloured[4000:].any()
    assert words == ["points without a colour (0, 0, 0), grey by height: 500"]


def test_a_few_black_points_are_black() -> None:
    rgb = PICTURE.copy()
    rgb[:10] = 0
    colour, coloured, words = narrowed(rgb)
    assert coloured.all()
    assert (colour[:10] == 0).all()
    assert words == []


@pytest.mark.parametrize("format_", [2, 3, 5, 7, 8, 10])
def test_every_format_with_colours_keeps_them_and_infrared_is_none(tmp_path: Path, format_: int) -> None:
    more = {"nir": [60_000] * 3} if format_ in (8, 10) else {}
    path = write_cloud(
        tmp_path / "a.las", format_=format_, red=[10, 20, 30], green=[40, 50, 60], blue=[7, 8, 255], **more
    )
    found = read(path, tmp_path / "out")
    assert found["colour"].tolist() == [[10, 40, 7], [20, 50, 8], [30, 60, 255]]


def test_colours_that_are_all_black_are_none(tmp_path: Path) -> None:
    found = read(write_cloud(tmp_path / "a.las", red=[0, 0, 0]), tmp_path / "out")
    assert not found["with_colour"]
    assert found["notes"] == []

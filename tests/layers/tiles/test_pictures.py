"""Pictures of tiles, sound and broken."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.tiles.picture_decoding import decoded
from meshes.errors import TilePictureError
from tests.layers.tiles.villages import jpeg, png

COLOURS = np.random.default_rng(3).integers(0, 255, (24, 16, 3), dtype=np.uint8)


def test_a_png_comes_as_it_is_and_a_jpeg_nearly() -> None:
    assert np.array_equal(decoded(png(COLOURS)), np.dstack([COLOURS, np.full((24, 16), 255, np.uint8)]))
    out = decoded(memoryview(jpeg((10, 200, 90))))
    assert out.shape == (16, 16, 4)
    assert np.abs(out[..., :3].astype(int) - (10, 200, 90)).max() <= 3


@pytest.mark.parametrize("bands", [1, 4])
def test_grey_and_transparent_pictures_become_opaque_colours(bands: int) -> None:
    pixels = np.full((4, 5, bands), 100, np.uint8)
    out = decoded(png(pixels[..., 0] if bands == 1 else pixels))
    assert out.shape == (4, 5, 4)
    assert (out == (100, 100, 100, 255)).all()


def test_a_very_wide_picture_is_halved_until_it_fits() -> None:
    wide = np.zeros((8, 5000, 3), np.uint8)
    wide[:, 2500:] = 200
    out = decoded(png(wide))
    assert out.shape == (4, 2500, 4)
    assert (out[:, 1260:] == (200, 200, 200, 255)).all()


def test_an_enormous_picture_is_refused_before_it_is_decoded() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    with pytest.raises(TilePictureError, match="60000 × 60000"):
        decoded(bomb)


@given(st.sampled_from([png(COLOURS), jpeg((9, 9, 9))]), st.data())
def test_a_damaged_picture_is_refused_or_decoded_and_nothing_else(whole: bytes, data: st.DataObject) -> None:
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    if damaged:
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        out = decoded(bytes(damaged))
    except TilePictureError as error:
        assert "\n" not in str(error)
    else:
        assert out.ndim == 3
        assert out.shape[2] == 4

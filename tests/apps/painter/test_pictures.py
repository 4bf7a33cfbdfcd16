"""Pictures are JPEGs with full colour; a smooth one is the mean of shifted ones."""

from __future__ import annotations

import numpy as np
import pytest
import simplejpeg

from apps.painter.jpeg import encode
from apps.painter.smoothing import SHIFTS, Smoother


@pytest.mark.parametrize("still", [True, False])
def test_a_frame_is_a_jpeg_of_the_picture(still: bool) -> None:
    picture = np.zeros((40, 60, 4), np.uint8)
    picture[:20, :, 0], picture[20:, :, 2], picture[..., 3] = 200, 200, 255
    content, width, height = encode(picture, still=still)
    assert (width, height) == (60, 40)
    back = simplejpeg.decode_jpeg(content)
    assert back.shape == (40, 60, 3)
    assert back[5, 30, 0] > 180 and back[35, 30, 2] > 180


def test_a_smooth_still_is_the_mean_of_its_pictures() -> None:
    pictures = [np.full((2, 3, 4), value, np.uint8) for value in (10, 20, 30, 255)]
    smoother = Smoother()
    for picture in pictures:
        assert not smoother.complete
        smoother.add(picture)
    assert smoother.complete
    assert (smoother.mean() == 79).all()  # 78.75


def test_the_shifts_even_out() -> None:
    assert np.allclose(np.mean(SHIFTS, axis=0), 0.0)

"""Names over the wall's picture are as large as its texts, on every wall."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.parts.wall.screen_fit import covered, least_px, root_px, text_zoom
from layers.labels.theme import THEME, text_scale
from twin.catalog.wall_site import WallScreen

SIZES = ((1920, 1080), (3840, 2160), (5760, 1080))


@given(st.sampled_from(SIZES), st.floats(1.2, 20), st.floats(1, 12))
def test_no_name_is_smaller_than_the_least_font(
    pixels: tuple[int, int], width_m: float, distance_m: float
) -> None:
    screen = WallScreen(width_m=width_m, distance_m=distance_m, pixels=pixels)
    zoom = text_zoom(screen)
    smallest = THEME["rain"]["size_px"] * text_scale(pixels[1] / zoom) * zoom
    assert zoom >= 1.0 and smallest >= least_px(screen) * (1 - 1e-6)
    assert zoom == 1.0 or smallest == pytest.approx(least_px(screen), rel=1e-3)
    assert root_px(screen) >= least_px(screen)


@pytest.mark.parametrize("pixels", SIZES)
def test_head_and_columns_leave_the_middle_free(pixels: tuple[int, int]) -> None:
    screen = WallScreen(width_m=3.5 * pixels[0] / pixels[1] * 9 / 16, distance_m=4.0, pixels=pixels)
    head, left, right = covered(screen)
    assert head[2] == right[2] == pixels[0] and left[3] == pixels[1]
    assert right[0] - left[2] > pixels[0] / 3

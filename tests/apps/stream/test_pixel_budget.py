"""Views share so many pixels: what one asks for is never another's slow picture."""

from __future__ import annotations

import random
from typing import Any

import pytest

from apps.stream.pixel_budget import LEAST, LONGEST, MOST_OF_ALL, MOST_OF_ONE, SMALLEST, PixelBudget, clamped
from apps.stream.scene_protocol import SceneProtocol

FULL_HD = (1920, 1080)


def test_one_view_has_what_it_asks_for_up_to_4k() -> None:
    budget = PixelBudget()
    budget.request("a", (7680, 4320))
    assert budget.fitted((3840, 2160)) == (3840, 2160)
    assert budget.fitted((7680, 4320)) == (3840, 2160)
    assert budget.fitted((320, 180)) == (320, 180)


def test_those_who_need_little_leave_the_rest_to_others() -> None:
    budget = PixelBudget(most=4_000_000)
    for k in range(3):
        budget.request(f"small{k}", (640, 360))
    budget.request("large", FULL_HD)
    assert budget.fitted(FULL_HD) == FULL_HD
    budget.request("another", FULL_HD)
    width, height = budget.fitted(FULL_HD)
    assert width < 1920 and width / height == pytest.approx(16 / 9, rel=0.01)
    budget.forget("another")
    assert budget.fitted(FULL_HD) == FULL_HD


def test_any_number_of_views_stays_within_the_budget_and_none_goes_without() -> None:
    chance = random.Random(18)
    for _ in range(200):
        budget = PixelBudget()
        sizes = [
            clamped(chance.uniform(1, 9000), chance.uniform(1, 9000)) for _ in range(chance.randint(1, 40))
        ]
        for k, size in enumerate(sizes):
            budget.request(str(k), size)
        drawn = [budget.fitted(size) for size in sizes]
        areas = [width * height for width, height in drawn]
        assert max(areas) <= MOST_OF_ONE
        assert sum(areas) <= max(MOST_OF_ALL, len(sizes) * LEAST)
        assert all(
            got == asked or got[0] * got[1] > 0.9 * LEAST for got, asked in zip(drawn, sizes, strict=True)
        )


@pytest.mark.parametrize(
    "size", [(0, 0), (-5, 700), (7680, 1), (1, 4320), (1e308, 1e308), (1e9, 16), (0.4, 1e5), (1920.7, 1080.2)]
)
def test_absurd_sizes_become_ones_that_can_be_drawn(size: tuple[float, float]) -> None:
    budget = PixelBudget()
    asked = clamped(*size)
    budget.request("a", asked)
    width, height = budget.fitted(asked)
    assert isinstance(width, int) and isinstance(height, int) and min(width, height) >= SMALLEST
    assert max(width, height) <= LONGEST * min(width, height) * 1.01 and width * height <= MOST_OF_ONE


@pytest.mark.parametrize(
    "size", [(True, 100), ("1920", 1080), (None, 1), ([1], 2), (float("nan"), 5), (float("inf"), 5), ({}, {})]
)
def test_what_is_no_size_is_dropped(size: tuple[Any, Any]) -> None:
    class View:
        def resize(self, *_: float) -> None:
            raise AssertionError

    protocol = SceneProtocol()
    protocol._view = View()  # type: ignore[assignment]
    protocol.resize(*size)

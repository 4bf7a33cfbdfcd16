"""What a browser says of its page is taken with care."""

from __future__ import annotations

from typing import Any

import pytest

from apps.painter.viewport import LARGEST, SMALLEST, Viewport


def test_a_view_is_a_size_and_the_panels_over_it() -> None:
    view = Viewport.of({"w": 1920, "h": 1080.5, "panels": [[0, 10, 200, 300]]})
    assert view == Viewport(width=1920.0, height=1080.5, panels=((0.0, 10.0, 200.0, 300.0),))


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"w": "wide", "h": None, "panels": "all"},
        {
            "w": float("nan"),
            "h": float("-inf"),
            "panels": [None, [1, 2], [1, 2, 3, "x"], [0, 0, float("nan"), 1]],
        },
        {"w": True, "h": [], "panels": {}},
    ],
)
def test_nonsense_of_a_view_is_left_out(event: dict[str, Any]) -> None:
    assert Viewport.of(event) == Viewport(width=SMALLEST, height=SMALLEST)


def test_a_view_has_bounds() -> None:
    view = Viewport.of({"w": 1e12, "h": 1e12, "panels": [[0, 0, 1e30, 1]] * 1000})
    assert view.width == view.height == LARGEST
    assert len(view.panels) <= 32 and view.panels[0][2] == LARGEST

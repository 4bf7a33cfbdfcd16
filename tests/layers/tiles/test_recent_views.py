"""Views that take turns: those drawn in the last seconds are counted, the last ones first."""

from __future__ import annotations

from layers.tiles.recent_views import KEPT_S, MOST, RecentViews
from tests.apps.clock import Clock
from tests.meshes.stream.trees import above


def test_those_drawn_lately_are_the_others_the_last_one_first() -> None:
    clock = Clock()
    recent = RecentViews(clock=clock)
    views = {name: above() for name in "abcdef"}
    assert recent.others("a", views["a"]) == []
    assert recent.others("a", views["a"]) == [], "a view is no other than itself"
    for name in "bcde":
        recent.others(name, views[name])
    assert [id(view) for view in recent.others("f", views["f"])] == [id(views[k]) for k in "edc"[:MOST]]
    clock.now += KEPT_S - 0.1
    recent.others("a", views["a"])
    clock.now += 0.2
    assert [id(view) for view in recent.others("f", views["f"])] == [id(views["a"])]

"""The limit of the error goes up and down in steps, between what is asked for and 64 times that."""

from __future__ import annotations

import pytest

from meshes.stream.adaptive_error import AdaptiveError


def test_it_is_what_is_asked_for_until_it_is_raised():
    tolerance = AdaptiveError()
    assert tolerance.limit_px(16) == 16
    assert tolerance.finer_px(16) is None
    assert tolerance.loosen(16)
    assert tolerance.limit_px(16) == 20
    assert tolerance.limit_px(40) == 40, "a coarser wish needs no raise"
    tolerance.tighten(16)
    assert tolerance.limit_px(16) == 16


def test_it_ends_at_64_times_what_is_asked_for_and_comes_back_the_way_it_went():
    tolerance = AdaptiveError()
    steps = 0
    while tolerance.loosen(16):
        steps += 1
    assert tolerance.limit_px(16) == 64 * 16
    assert steps == 19
    while (finer := tolerance.finer_px(16)) is not None:
        assert finer == pytest.approx(max(16, tolerance.limit_px(16) / 1.25))
        tolerance.tighten(16)
    assert tolerance.limit_px(16) == 16

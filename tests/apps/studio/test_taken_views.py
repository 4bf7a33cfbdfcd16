"""A view is taken with the water that it shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from apps.studio.taken_views import water_of
from twin.moment import Moment
from twin.storyboard.frozen_values import FrozenValues

AT = datetime(2026, 12, 1, 5, 20, tzinfo=UTC)
FROZEN = FrozenValues(at=AT, level_m=151.76)


def history(at: datetime, level_m: float) -> Moment:
    return Moment(mode="history", valid_at=at, level_m=level_m, highest_m=level_m)


def test_a_view_of_frozen_values_is_taken_frozen() -> None:
    """Its reading came after the time of freezing: as a past level it would not be known."""
    assert water_of(history(AT, 151.76), FROZEN).frozen


def test_another_past_level_is_asked_for_at_its_own_time() -> None:
    for moment in (history(AT - timedelta(minutes=5), 151.76), history(AT, 151.8)):
        track = water_of(moment, FROZEN)
        assert track.history is not None and track.history.from_ == moment.valid_at
    assert water_of(history(AT, 151.76), None).history is not None

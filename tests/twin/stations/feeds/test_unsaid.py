"""What polled sources say again and again is handed over once; what they change is."""

from __future__ import annotations

from datetime import UTC, datetime

from twin.stations.feeds.unsaid import Unsaid
from twin.stations.model import Reading

AT = datetime(2026, 7, 28, 4, 0, tzinfo=UTC)


def polled(unsaid: Unsaid, *values: object) -> list[object]:
    """Poll a document of these values, all of one station's time; what of it is handed over."""
    told = [Reading(station="1", property="level", value=v, phenomenon_at=AT) for v in values]
    fresh = unsaid.of(told)
    unsaid.remember(fresh)
    return [reading.value for reading in fresh]


def test_a_value_is_handed_over_once_and_each_correction_of_it() -> None:
    unsaid = Unsaid()
    assert [polled(unsaid, v) for v in (1.5, 1.5, 1.6, 1.5, 1.5)] == [[1.5], [], [1.6], [1.5], []]


def test_two_values_for_one_time_do_not_correct_each_other_at_each_poll() -> None:
    unsaid = Unsaid()
    assert polled(unsaid, 1.5, 1.7) == [1.5, 1.7]
    assert polled(unsaid, 1.5, 1.7) == []
    assert polled(unsaid, 1.7, 1.5) == []
    assert polled(unsaid, 1.5) == [1.5], "the other one is gone: this is the value now"


def test_a_value_that_has_no_text_is_handed_over_each_time() -> None:
    unsaid = Unsaid()
    endless = 10**5000
    assert polled(unsaid, endless) == polled(unsaid, endless) == [endless]

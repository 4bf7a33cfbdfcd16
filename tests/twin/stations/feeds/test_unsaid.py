"""What polled sources say again and again is handed over once; what they change is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.twin.stations.feeds.memory import Noting
from twin.stations.feeds.unsaid import AGAIN_S, Unsaid
from twin.stations.intake import PART
from twin.stations.model import Reading
from twin.stations.store import StoreFullError

AT = datetime(2026, 7, 28, 4, 0, tzinfo=UTC)


def reading(value: object, *, minutes: int = 0) -> Reading:
    return Reading(station="1", property="level", value=value, phenomenon_at=AT + timedelta(minutes=minutes))


async def polled(unsaid: Unsaid, *values: object) -> list[object]:
    """Poll a document of these values, all of one station's time; what of it is handed over."""
    intake = Noting()
    await unsaid.deliver(intake, "f", [reading(value) for value in values])
    return [each.value for each in intake.readings]


async def test_a_value_is_handed_over_once_and_each_correction_of_it() -> None:
    unsaid = Unsaid()
    assert [await polled(unsaid, v) for v in (1.5, 1.5, 1.6, 1.5, 1.5)] == [[1.5], [], [1.6], [1.5], []]


async def test_all_of_it_is_handed_over_again_after_a_while() -> None:
    now = [0.0]
    unsaid = Unsaid(clock_s=lambda: now[0])
    assert await polled(unsaid, 1.0) == [1.0]
    now[0] = AGAIN_S + 1
    assert await polled(unsaid, 1.0) == [1.0]


async def test_two_values_for_one_time_do_not_correct_each_other_at_each_poll() -> None:
    unsaid = Unsaid()
    assert await polled(unsaid, 1.5, 1.7) == [1.5, 1.7]
    assert await polled(unsaid, 1.5, 1.7) == []
    assert await polled(unsaid, 1.7, 1.5) == []
    assert await polled(unsaid, 1.5) == [1.5], "the other one is gone: this is the value now"


async def test_nor_do_they_where_they_stand_far_apart_in_a_document() -> None:
    document = [reading(1.5), *(reading(2.0, minutes=k + 1) for k in range(2 * PART)), reading(1.7)]
    unsaid, first, second = Unsaid(), Noting(), Noting()
    await unsaid.deliver(first, "f", document)
    await unsaid.deliver(second, "f", document)
    assert first.readings == document
    assert second.readings == []


async def test_what_could_not_be_kept_is_handed_over_again() -> None:
    unsaid, full, room = Unsaid(), Noting(full=True), Noting()
    with pytest.raises(StoreFullError):
        await unsaid.deliver(full, "f", [reading(1.5)])
    await unsaid.deliver(room, "f", [reading(1.5)])
    assert room.readings == [reading(1.5)]


async def test_a_value_that_has_no_text_is_handed_over_each_time() -> None:
    unsaid = Unsaid()
    endless = 10**5000
    assert await polled(unsaid, endless) == await polled(unsaid, endless) == [endless]

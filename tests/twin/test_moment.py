from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from twin.moment import Moment, what_if

NOON = datetime(2025, 7, 29, 12, tzinfo=UTC)


def test_a_what_if_is_a_level_without_a_time_or_a_memory() -> None:
    moment = what_if(157.5, generation="abc")
    assert (moment.mode, moment.level_m, moment.highest_m, moment.valid_at) == ("what-if", 157.5, 157.5, None)
    assert not moment.is_live


def test_rising_water_lifts_the_highest_level_and_falling_water_leaves_it() -> None:
    up = what_if(150.0).at_level(155.0)
    down = up.at_level(152.0)
    assert (up.highest_m, down.level_m, down.highest_m) == (155.0, 152.0, 155.0)


def test_it_survives_json() -> None:
    moment = Moment(
        mode="history", level_m=155.59, highest_m=155.59, valid_at=NOON, run="flood-2025", since="peak"
    )
    assert Moment.model_validate_json(moment.model_dump_json()) == moment


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"highest_m": 149.0}, "highest level cannot lie below"),
        ({"mode": "forecast", "valid_at": NOON}, "belongs to a run"),
        ({"mode": "drill", "valid_at": NOON}, "belongs to a run"),
        ({"mode": "live", "valid_at": NOON, "run": "x"}, "no run"),
        ({"mode": "live"}, "has a time"),
        ({"valid_at": NOON.astimezone(timezone(timedelta(hours=8)))}, "UTC"),
        ({"valid_at": NOON.replace(tzinfo=None)}, "timezone"),
        ({"level_m": float("nan")}, "finite|greater"),
        ({"mode": "someday"}, "live"),
        ({"depth_m": 1.0}, "[Ee]xtra"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Moment.model_validate({"mode": "what-if", "level_m": 150.0, "highest_m": 150.0} | wrong)

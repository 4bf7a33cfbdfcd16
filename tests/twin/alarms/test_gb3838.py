"""Classes of surface water against the printed table, one row above and one below each limit."""

from __future__ import annotations

import pytest

from twin.alarms.gb3838 import CLASSES, class_of, limits_of, verdict, worse_by

TABLE = {
    "codmn": ("river", 2, 4, 6, 10, 15),
    "bod5": ("river", 3, 3, 4, 6, 10),
    "ammonia": ("river", 0.15, 0.5, 1.0, 1.5, 2.0),
    "phosphorus": ("river", 0.02, 0.1, 0.2, 0.3, 0.4),
    "nitrogen": ("lake", 0.2, 0.5, 1.0, 1.5, 2.0),
}


@pytest.mark.parametrize("item", TABLE)
def test_limits_belong_to_the_better_class(item: str) -> None:
    body, *limits = TABLE[item]
    for number, limit in enumerate(limits):
        at = class_of(item, limit, body)  # type: ignore[arg-type]
        above = class_of(item, limit + 1e-6, body)  # type: ignore[arg-type]
        assert CLASSES.index(at) <= number  # type: ignore[arg-type]
        assert CLASSES.index(above) > number  # type: ignore[arg-type]


def test_phosphorus_is_judged_more_strictly_in_a_lake() -> None:
    assert class_of("phosphorus", 0.05, "river") == "II"
    assert class_of("phosphorus", 0.05, "lake") == "III"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(7.5, "I"), (7.4, "II"), (6.0, "II"), (5.0, "III"), (3.0, "IV"), (2.0, "V"), (1.9, "VI")],
)
def test_oxygen_is_a_lower_limit(value: float, expected: str) -> None:
    assert class_of("oxygen", value, "lake") == expected


@pytest.mark.parametrize(("value", "expected"), [(6.0, "I"), (9.0, "I"), (5.99, "VI"), (9.01, "VI")])
def test_ph_is_a_range(value: float, expected: str) -> None:
    assert class_of("ph", value, "river") == expected


def test_the_worst_item_decides_and_nitrogen_stands_beside_it() -> None:
    found = verdict({"ph": 7, "oxygen": 8, "codmn": 3, "phosphorus": 0.02, "nitrogen": 5}, "lake")
    assert found is not None
    assert (found.water_class, found.nitrogen) == ("II", "VI")
    assert found.item in ("codmn", "phosphorus")
    assert "nitrogen" not in found.classes


def test_without_an_item_that_counts_there_is_no_class() -> None:
    assert verdict({"nitrogen": 1.0, "turbidity": 3.0}, "lake") is None


def test_how_much_worse() -> None:
    assert (worse_by("IV", "III"), worse_by("II", "III"), worse_by("VI", "III")) == (1, -1, 3)


@pytest.mark.parametrize("item", TABLE)
def test_every_limit_of_the_table_is_listed_once_with_its_classes(item: str) -> None:
    body, *printed = TABLE[item]
    found = limits_of(item, body)  # type: ignore[arg-type]
    assert [limit for _, limit in found] == sorted(set(printed))
    for (first, last), limit in found:
        assert class_of(item, limit, body) == first  # type: ignore[arg-type]
        assert printed[CLASSES.index(first)] == printed[CLASSES.index(last)] == limit


def test_nitrogen_has_no_limits_in_a_river_and_ph_has_two_everywhere() -> None:
    assert limits_of("nitrogen", "river") == [] == limits_of("level", "lake")
    assert [limit for _, limit in limits_of("ph", "river")] == [6.0, 9.0]

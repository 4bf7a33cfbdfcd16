from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from twin.quantity import Quantity


def test_a_quantity_goes_to_json_with_its_origin() -> None:
    when = datetime(2025, 7, 29, 15, tzinfo=UTC)
    level = Quantity(value=155.59, unit="m", source="flood-2025", time=when, quality="good", note="highest")
    assert json.loads(json.dumps(level.as_dict())) == {
        "value": 155.59,
        "unit": "m",
        "time": "2025-07-29T15:00:00+00:00",
        "quality": "good",
        "source": "flood-2025",
        "note": "highest",
    }


def test_no_value_is_missing_whatever_else_was_said() -> None:
    assert Quantity(value=None, unit="m", source="gauge", quality="good").quality == "missing"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_nan_and_infinity_are_no_quantities(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Quantity(value=value, unit="m", source="x")


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        Quantity(value=1.0, unit="m", source="x", time=datetime(2025, 7, 29))  # noqa: DTZ001

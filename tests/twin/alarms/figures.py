"""Decimal figures as floats, and a site whose level is the limit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from twin.catalog.site import Site

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 7, 28, 0, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)

centimetres = st.integers(13_000, 16_400)
tenths_of_mm = st.integers(-50_000, 50_000)


def m(units: int, per_m: int) -> float:
    """The float that a file or a feed would hold for so many units."""
    return float(Decimal(units) / per_m)


def site(**alarms: object) -> Site:
    level = {"id": "normal", "name": {"zh": "正常", "en": "Normal"}, "level_m": 150.0, "source": "t"}
    return Site.model_validate({"version": 1, "levels": [level], "alarms": alarms})


def with_level(limit_m: float, **alarms: object) -> Site:
    plain = site(**alarms)
    return plain.model_copy(update={"levels": [plain.levels[0].model_copy(update={"level_m": limit_m})]})

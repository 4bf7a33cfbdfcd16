"""Model of live values that were frozen into a storyboard."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from twin.catalog.types import Slug, Strict, Text
from twin.quantity import Quality


class FrozenValue(Strict):
    """Value of a station when the storyboard was frozen."""

    station: Text = Field(description="The station's id, a code like 30500001.")
    parameter: Slug
    value: float
    unit: Text
    time: AwareDatetime
    quality: Quality = "unchecked"


class FrozenValues(Strict):
    """Values of a moment, in the order of their stations."""

    at: AwareDatetime
    level_m: Annotated[float, Field(ge=-500, le=9000)] | None = None
    highest_m: Annotated[float, Field(ge=-500, le=9000)] | None = None
    values: Annotated[list[FrozenValue], Field(max_length=5000)] = Field(default=[])

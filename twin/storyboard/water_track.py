"""Model of the water over a shot."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from twin.catalog.types import Height, Strict
from twin.moment import Word


class LevelKey(Strict):
    """Level at a moment of the shot."""

    at_s: Annotated[float, Field(ge=0, le=600)]
    level_m: Height


class StorageKey(Strict):
    """Storage at a moment; the curve gives its level."""

    at_s: Annotated[float, Field(ge=0, le=600)]
    storage_m3: Annotated[float, Field(ge=0, le=1e12)]


class Span(Strict):
    """Times of the world that a shot runs through, evenly."""

    from_: AwareDatetime = Field(alias="from")
    to: AwareDatetime

    @model_validator(mode="after")
    def _forward(self) -> Span:
        if self.to < self.from_:
            raise ValueError("ends before it begins")
        return self


class NamedSpan(Span):
    """Span of a scenario of the catalog, or of a kept run."""

    id: Word


class WaterTrack(Strict):
    """Water of a shot, one of its keys.

    ``levels`` and ``storages`` are what-ifs, straight between their keys; ``scenario`` names a flood of the
    catalog, ``run`` a kept what-if or forecast, ``history`` shows observed levels, ``frozen`` the level among
    the frozen values.
    """

    levels: list[LevelKey] = Field(default=[])
    storages: list[StorageKey] = Field(default=[])
    scenario: NamedSpan | None = None
    run: NamedSpan | None = None
    history: Span | None = None
    frozen: bool = False

    @model_validator(mode="after")
    def _one_source(self) -> WaterTrack:
        given = (self.levels, self.storages, self.scenario, self.run, self.history, self.frozen)
        if sum(map(bool, given)) != 1:
            raise ValueError("needs exactly one of levels, storages, scenario, run, history and frozen")
        return self

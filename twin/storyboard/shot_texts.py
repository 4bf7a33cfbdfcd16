"""Models of words in a shot: title, captions, call-outs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from twin.catalog.types import Height, Place, Slug, Strict, Text, Words

Seconds = Annotated[float, Field(ge=0, le=600)]


class Timed(Strict):
    """Seconds of the shot in which something shows; default all."""

    from_s: Seconds = 0.0
    to_s: Seconds | None = None

    @model_validator(mode="after")
    def _forward(self) -> Timed:
        if self.to_s is not None and self.to_s <= self.from_s:
            raise ValueError("ends before it begins")
        return self


class Caption(Timed):
    """Line at the foot of the picture."""

    text: Words


class ShotTitle(Timed):
    """Large words over the picture: a film's opening, its end."""

    text: Words
    under: Words | None = None


class Callout(Timed):
    """Words on a leader to one place, station or feature."""

    text: Words
    place: Place | None = None
    height_m: Height | None = Field(default=None, description="By default the ground or water there.")
    station: Text | None = Field(default=None, description="A station's id, a code like 30500001.")
    layer: Slug | None = None
    feature: Text | None = Field(default=None, description="Id or name of a feature of the layer.")

    @model_validator(mode="after")
    def _one_anchor(self) -> Callout:
        if (self.layer is None) != (self.feature is None):
            raise ValueError("needs both layer and feature, or neither")
        if sum(one is not None for one in (self.place, self.station, self.layer)) != 1:
            raise ValueError("needs exactly one of place, station, and layer with feature")
        return self

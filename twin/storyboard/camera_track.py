"""Models of a camera over a shot: keys, orbit, line followed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from twin.catalog.types import Height, Place, Slug, Strict, Text

Seconds = Annotated[float, Field(ge=0, le=600)]
Distance = Annotated[float, Field(ge=50, le=400_000)]
Pitch = Annotated[float, Field(ge=-90, le=30)]


class Eye(Strict):
    """Place of the eye and what is aimed at; working heights."""

    place: Place
    height_m: Height
    look_at: Place
    look_at_m: Height | None = Field(default=None, description="By default the ground or water there.")


class CameraKey(Strict):
    """Camera at a moment of the shot.

    One of: a viewpoint's id, a permanent link, a target with distance, heading and pitch, or an eye.
    """

    at_s: Seconds
    viewpoint: Slug | None = None
    link: Text | None = None
    target: Place | None = None
    target_m: Height | None = Field(default=None, description="By default the ground or water there.")
    distance_m: Distance | None = None
    heading_deg: Annotated[float, Field(ge=0, lt=360)] | None = None
    pitch_deg: Pitch | None = None
    eye: Eye | None = None
    dwell_s: Annotated[float, Field(ge=0, le=600, description="So long the camera rests at this key.")] = 0.0

    @model_validator(mode="after")
    def _one_view(self) -> CameraKey:
        given = (self.viewpoint, self.link, self.target, self.eye)
        if sum(one is not None for one in given) != 1:
            raise ValueError("needs exactly one of viewpoint, link, target and eye")
        angles = (self.distance_m, self.heading_deg, self.pitch_deg)
        if self.target is not None and None in angles:
            raise ValueError("a target needs distance_m, heading_deg and pitch_deg beside it")
        if self.target is None and any(one is not None for one in (self.target_m, *angles)):
            raise ValueError("distance_m, heading_deg, pitch_deg and target_m belong to a target")
        return self


class Orbit(Strict):
    """Circle around a place at constant speed."""

    around: Place
    around_m: Height | None = None
    distance_m: Distance
    pitch_deg: Pitch
    from_deg: Annotated[float, Field(ge=0, lt=360)] = 0.0
    turn_deg: Annotated[float, Field(ge=-3600, le=3600)] = 360.0


class Follow(Strict):
    """Flight along a layer's line or along two places or more."""

    layer: Slug | None = None
    feature: Text | None = Field(default=None, description="Id or name of a line of the layer.")
    places: Annotated[list[Place], Field(max_length=1000)] = Field(default=[])
    upstream: bool = Field(default=False, description="Against the direction in which the line is drawn.")
    distance_m: Distance
    pitch_deg: Pitch

    @model_validator(mode="after")
    def _one_line(self) -> Follow:
        if (self.layer is None) == (not self.places):
            raise ValueError("needs a layer with a feature, or places")
        if self.layer is not None and self.feature is None:
            raise ValueError("needs the feature of its layer")
        if self.layer is None and (self.feature is not None or self.upstream):
            raise ValueError("feature and upstream belong to a layer")
        if len(self.places) == 1:
            raise ValueError("needs two places or more")
        return self


class CameraTrack(Strict):
    """Camera of a shot: ``keys`` (one stays), ``orbit`` or ``follow``."""

    keys: Annotated[list[CameraKey], Field(max_length=100)] = Field(default=[])
    orbit: Orbit | None = None
    follow: Follow | None = None

    @model_validator(mode="after")
    def _one_way(self) -> CameraTrack:
        if sum((bool(self.keys), self.orbit is not None, self.follow is not None)) != 1:
            raise ValueError("needs exactly one of keys, orbit and follow")
        return self

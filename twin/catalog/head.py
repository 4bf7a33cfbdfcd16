"""Head of a catalog: everything but its entries."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from twin.catalog.entries import _reference
from twin.catalog.types import Height, Metres, MetricCrs, Names, Place, Slug, Strict, Text
from twin.frame import Frame, place_in
from twin.vertical import Reference

WorkingReference = Annotated[Reference, BeforeValidator(_reference)]


class Origin(Strict):
    """Origin of local coordinates, in the frame's CRS."""

    east: Metres
    north: Metres


class FrameSettings(Strict):
    """Projected, metric CRS that all geometry is kept in."""

    crs: MetricCrs = "EPSG:4548"
    origin: Origin | None = Field(default=None, description="Default: the seed, rounded to whole kilometres.")


class VerticalSettings(Strict):
    """Reference of the reservoir's gauge, and offsets of others.

    ``offsets_m[reference]`` is added to a height of that reference to give a working height.
    ``geoid_separation_m`` is the geoid's height above the ellipsoid (negative: below, as in all of China's
    east): ellipsoidal heights are first turned into heights of ``geoid`` by taking it off.
    """

    edition: Text = "unstated"
    working: WorkingReference = "unknown"
    offsets_m: dict[WorkingReference, Annotated[float, Field(ge=-200, le=200)]] = Field(default={})
    geoid: Literal["EGM96", "EGM2008", "1985"] = "EGM2008"
    geoid_separation_m: float | None = Field(default=None, ge=-120, le=120)
    source: Text | None = None


class Reservoir(Strict):
    """Water body: a point surely wet, and its range of levels.

    Levels for which there is an answer.
    """

    name: Names
    seed: Place = Field(description="A point that is under water at every level of the range.")
    lowest_m: Height
    highest_m: Height

    @model_validator(mode="after")
    def _range_rises(self) -> Reservoir:
        if not self.lowest_m < self.highest_m:
            raise ValueError("lowest_m must be below highest_m")
        return self


class CatalogHead(Strict):
    """Head of ``data_catalog.yaml``, without the entries."""

    version: Literal[1]
    id: Slug
    name: Names
    synthetic: bool = Field(description="True writes 'synthetic data' into every picture, page and file.")
    frame: FrameSettings = FrameSettings()
    vertical: VerticalSettings = VerticalSettings()
    reservoir: Reservoir
    site: Annotated[str, Field(pattern=r"^[^/\\:]+\.ya?ml$")] = Field(
        default="site.yaml", description="The site file, in the catalog's own folder."
    )


def frame_of(head: CatalogHead) -> Frame:
    """Make the catalog's frame.

    Without an origin of its own it counts from the seed, in whole kilometres.
    """
    settings = head.frame
    if settings.origin is not None:
        return Frame(crs=settings.crs, east=settings.origin.east, north=settings.origin.north)
    east, north = place_in(head.reservoir.seed, settings.crs)
    return Frame(crs=settings.crs, east=round(east, -3), north=round(north, -3))

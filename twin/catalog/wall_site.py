"""Model of ``wall`` in ``site.yaml``: screen, access, tour."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.bilingual import Language
from twin.catalog.types import Access, Slug, Strict

Pixels = Annotated[int, Field(ge=640, le=16_384)]


class Tour(Strict):
    """Automatic flight over named viewpoints.

    ``places`` are ids of viewpoints, all of the site's where there are none.
    """

    places: list[Slug] = Field(default=[], description="Viewpoints in their order; all of them without it.")
    dwell_s: float = Field(default=20.0, ge=3, le=3600, description="Seconds from one flight to the next.")
    at_first: bool = Field(default=True, description="Whether the tour runs before anybody has said so.")


class WallScreen(Strict):
    """Size of the wall's screen, viewing distance, and access.

    Letters are as large as 18 minutes of arc at ``distance_m``. ``access`` is what the wall shows of the
    catalog's entries; who sees less may not open it.
    """

    width_m: float = Field(default=3.5, gt=0.3, le=60, description="Width of the lit surface, m.")
    distance_m: float = Field(default=4.0, ge=0.5, le=100, description="From the eyes to the screen, m.")
    pixels: tuple[Pixels, Pixels] = Field(default=(1920, 1080), description="Its width and height in pixels.")
    access: Access = Field(default="public", description="Highest access of the entries that it shows.")
    language: Language = Field(default="zh", description="Language that it begins in.")
    tour: Tour = Tour()

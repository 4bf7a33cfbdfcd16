"""Feeds in ``site.yaml``: by which ways live values come in."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from twin.catalog.strict import Names, Slug, Strict


class Feed(Strict):
    """What every feed says of itself."""

    id: Slug
    title: Names
    stations: Slug = Field(description="The catalog entry of kind 'stations' that the values belong to.")
    enabled: bool = True


class SampleFeed(Feed):
    """The synthetic basin's own stations: invented values, marked as such wherever they are shown."""

    way: Literal["sample"]


AnyFeed = SampleFeed

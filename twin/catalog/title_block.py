"""Title block of pages to keep, as the site fills it."""

from __future__ import annotations

from pydantic import Field

from twin.catalog.types import Names, Strict, Text


class TitleBlock(Strict):
    """Words of a unit's drawings; all of them optional."""

    unit: Names | None = Field(default=None, description="Who issues the page.")
    title: Names | None = Field(default=None, description="By default the basin's name.")
    classification: Names | None = Field(default=None, description="Like 内部资料 / Internal.")
    map_approval: Text | None = Field(default=None, description="Map approval number (审图号), if any.")

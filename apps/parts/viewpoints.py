"""Named viewpoints of the site, the vertical exaggeration, and how many names there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.parts.state import Language, PlaceView, ViewsView

if TYPE_CHECKING:
    from twin.catalog.site import Site, Viewpoint
    from twin.scene import Density


def view(site: Site, exaggeration: float, density: Density, language: Language) -> ViewsView:
    """The panel in a language."""
    return ViewsView(
        places=[
            PlaceView(id=place.id, name=place.name.zh if language == "zh" else place.name.en)
            for place in site.viewpoints
        ],
        exaggeration=exaggeration,
        density=density,
    )


def named(site: Site, id_: str) -> Viewpoint | None:
    """The viewpoint with an id, or None."""
    return next((place for place in site.viewpoints if place.id == id_), None)

"""Services of the hub as its desks and its wall use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from apps.hub.desk_papers import PageServices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from apps.hub.startup import Startup
    from apps.painter.pool import PainterPool
    from apps.session.shared_signs import SharedSigns
    from apps.stream.pixel_budget import PixelBudget
    from twin.catalog import Catalog
    from twin.scene import Scene
    from twin.store import Store


class SharedWall(Protocol):
    """Wall as a desk uses it; :class:`apps.hub.wall.wall_server.Wall`."""

    def show(self, scene: Scene, *, by: str) -> None: ...


class HubServices(PageServices, Protocol):
    """Services that all desks share; :class:`apps.hub.hub_server.Hub` has them.

    ``first_states`` are what the pages of rooms begin with, built once; ``instance`` names the run of the
    server.
    """

    catalog: Catalog
    shelf: Store
    painter: PainterPool
    startup: Startup
    signs: SharedSigns | None
    instance: str
    first_states: Mapping[str, Mapping[str, Any]]
    pixels: PixelBudget

    @property
    def wall(self) -> SharedWall: ...
    def open_again(self) -> None: ...

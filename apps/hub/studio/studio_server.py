"""Serve what all studios of a hub share: films, thumbnails, their addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from apps.hub.permissions import needs
from apps.hub.studio.thumbnails import Thumbnails
from apps.studio.storyboard_folder import FOLDER, StoryboardFolder

if TYPE_CHECKING:
    from pathlib import Path


class Studio:
    """Films beside a catalog, and small pictures of their shots."""

    def __init__(self, catalog: Path) -> None:
        self.folder = StoryboardFolder(catalog.parent / FOLDER)
        self.thumbnails = Thumbnails()

    def add_routes(self, app: web.Application) -> None:
        """Add the addresses of pictures."""
        app.router.add_get("/studio/thumbnails/{key}", self._thumbnail)

    @needs("operate")
    async def _thumbnail(self, request: web.Request) -> web.Response:
        content = self.thumbnails.get(request.match_info["key"])
        if content is None:
            raise web.HTTPNotFound(text="this picture is not kept any more: open the film again")
        headers = {"Cache-Control": "private, max-age=86400, immutable"}
        return web.Response(body=content, content_type="image/jpeg", headers=headers)

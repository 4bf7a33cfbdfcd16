"""Serve what all studios of a hub share: films, thumbnails, recordings."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from apps.hub.permissions import needs
from apps.hub.studio.film_jobs import FOLDER as FILMS
from apps.hub.studio.film_jobs import MOVIE, SCRIPT, FilmJob, FilmJobs
from apps.hub.studio.thumbnails import Thumbnails
from apps.studio.storyboard_folder import FOLDER, StoryboardFolder

CHILD = (
    "import os; from apps.child_processes import end_with_parent; end_with_parent(); os.nice(10);"
    " from apps.cli import main; main()"
)
"""Runs a command that ends with the hub, behind the painters of the desks."""


class Studio:
    """Films beside a catalog, small pictures of their shots, recordings."""

    def __init__(self, catalog: Path, store: Path, *, root: Path | None) -> None:
        self.folder = StoryboardFolder(catalog.parent / FOLDER)
        self.thumbnails = Thumbnails()
        self._where = ["--catalog", str(catalog.absolute()), "--store", str(store.absolute())]
        self._where += ["--root", str(root.absolute())] if root is not None else []
        self.jobs = FilmJobs(store / FILMS, self._command)

    def _command(self, folder: Path, job: FilmJob) -> Sequence[str]:
        record = ["record", str(folder / SCRIPT), "--output", str(folder / MOVIE), *self._where]
        return [sys.executable, "-c", CHILD, *record, *(["--draft"] if job.draft else [])]

    def add_routes(self, app: web.Application) -> None:
        """Add the addresses of pictures and recordings."""
        app.router.add_get("/studio/thumbnails/{key}", self._thumbnail)
        app.router.add_get("/studio/films/{job}/{name}", self._film)

    @needs("operate")
    async def _thumbnail(self, request: web.Request) -> web.Response:
        content = self.thumbnails.get(request.match_info["key"])
        if content is None:
            raise web.HTTPNotFound(text="this picture is not kept any more: open the film again")
        headers = {"Cache-Control": "private, max-age=86400, immutable"}
        return web.Response(body=content, content_type="image/jpeg", headers=headers)

    @needs("operate")
    async def _film(self, request: web.Request) -> web.StreamResponse:
        """A file of a recording, or a range of it."""
        found = self.jobs.file(request.match_info["job"], request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound(text="there is no such file of a recording: was it deleted?")
        film = next(job.film for job in self.jobs.jobs if job.id == request.match_info["job"])
        headers = {"Cache-Control": "private, no-cache"}
        if "save" in request.query:
            name = quote(
                f"{film}{found.suffix}" if found.stem == Path(MOVIE).stem else f"{film}-{found.name}"
            )
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return web.FileResponse(found, headers=headers)

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
from apps.hub.visitor import visitor_of
from apps.studio.storyboard_folder import FOLDER, StoryboardFolder

SLIDES = "film.pptx"
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
        self.jobs = FilmJobs(store / FILMS, self._commands)

    def _commands(self, folder: Path, job: FilmJob) -> Sequence[Sequence[str]]:
        script, python = str(folder / SCRIPT), [sys.executable, "-c", CHILD]
        movie = ["--output", str(folder / MOVIE), "--stills", str(folder)]
        slides = ["--output", str(folder / SLIDES)]
        return (
            [*python, "record", script, *movie, *self._where, *(["--draft"] if job.draft else [])],
            [*python, "storyboard", "slides", script, *slides, *self._where],
        )

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
        id_, visitor = request.match_info["job"], visitor_of(request)
        job = next((one for one in self.jobs.jobs if one.id == id_), None)
        found = self.jobs.file(id_, request.match_info["name"])
        if found is None or job is None or not visitor.may_see(job.access):
            raise web.HTTPNotFound(text="there is no such file of a recording: was it deleted?")
        headers = {"Cache-Control": "private, no-cache"}
        if "save" in request.query:
            own = found.name.removeprefix(Path(MOVIE).stem)  # .mp4, .manifest.json, 01-shot-1.png
            name = quote(f"{job.film}{own if own.startswith('.') else f'-{own}'}")
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return web.FileResponse(found, headers=headers)

"""Serve whole generations by content hashes to other machines.

``/tiles/<generation>/mirror.json`` lists every file of its products with its SHA-256, and has catalog and
site; ``/tiles/blobs/<SHA-256>`` is a file. For visitors who see everything: a program's token with
``--sees restricted``.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from aiohttp import web

from apps.hub.permissions import needs
from apps.hub.visitor import visitor_of
from twin.access import LEVELS
from twin.catalog import load_catalog_leniently
from twin.store import NotBuiltError
from twin.strict_json import read_json

if TYPE_CHECKING:
    from twin.catalog import Catalog
    from twin.store import Generation, Store

NOTHING = "no such file, or none that you may see"


class MirroredStore(Protocol):
    """Store and catalog of a hub."""

    shelf: Store
    catalog: Catalog


def add_routes(app: web.Application, hub: MirroredStore) -> None:
    """Add the addresses of a mirror; before those of single products."""
    mirror = StoreMirror(hub)
    app.router.add_get("/tiles/blobs/{digest}", mirror.blob)
    app.router.add_get("/tiles/{generation}/mirror.json", mirror.listing)


class StoreMirror:
    """Handlers of a mirror's addresses."""

    def __init__(self, hub: MirroredStore) -> None:
        self._hub = hub
        self._paths: dict[str, Path] = {}

    @needs("watch")
    async def listing(self, request: web.Request) -> web.Response:
        """List a generation's files, and send its catalog."""
        _refuse_partial_sight(request)
        try:
            generation = self._hub.shelf.generation(request.match_info["generation"])
        except NotBuiltError:
            raise web.HTTPNotFound(text=NOTHING) from None
        return web.json_response(await asyncio.to_thread(self._listed, generation))

    @needs("watch")
    async def blob(self, request: web.Request) -> web.StreamResponse:
        """Send a file by its hash, as some listing had it."""
        _refuse_partial_sight(request)
        path = self._paths.get(request.match_info["digest"])
        if path is None or not await asyncio.to_thread(path.is_file):
            raise web.HTTPNotFound(text=NOTHING)
        return web.FileResponse(path, headers={"Content-Type": "application/octet-stream"})

    def _listed(self, generation: Generation) -> dict[str, Any]:
        store, products = self._hub.shelf.folder, dict[str, dict[str, str]]()
        for name in generation.products.values():
            folder = store / "products" / name
            digests = _digests(folder)
            products[name] = digests
            self._paths |= {digest: folder / file for file, digest in digests.items()}
        catalog, _ = load_catalog_leniently(self._hub.catalog.path, root=self._hub.catalog.root)
        return {
            "generation": read_json(store / "generations" / f"{generation.id}.json"),
            "products": products,
            "catalog": catalog.path.read_text("utf-8"),
            "site": catalog.path.parent.joinpath(catalog.head.site).read_text("utf-8"),
            "entries": sorted(catalog.entries),
        }


def _refuse_partial_sight(request: web.Request) -> None:
    if not visitor_of(request).may_see(LEVELS[-1]):
        raise web.HTTPNotFound(text=NOTHING)


@lru_cache(maxsize=4096)
def _digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each file of a product, which is never written again."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = file_digest(file, "sha256").hexdigest()
    return found

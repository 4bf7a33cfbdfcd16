"""Serve products over HTTP: 3D Tiles, COG, GeoParquet, CSV.

``/tiles/<generation>/`` lists the products that a visitor may see; beneath it lie their files. A product is
never rewritten, so clients keep what they have. aiohttp's FileResponse answers ranges, HEAD and conditions.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from aiohttp import web

from apps.hub.permissions import needs
from apps.hub.product_access import access_of
from apps.hub.visitor import visitor_of
from twin.access import LEVELS, NothingToSeeError
from twin.disk import refusal
from twin.notes import FILE as NOTES
from twin.store import Generation, NotBuiltError, Store

if TYPE_CHECKING:
    from apps.hub.audit import AuditJournal
    from apps.hub.opened import Opened
    from apps.hub.visitor import Visitor
    from twin.catalog.types import Access

logger = logging.getLogger(__name__)

TYPES = {
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".glb": "model/gltf-binary",
    ".tif": "image/tiff; application=geotiff; profile=cloud-optimized",
    ".parquet": "application/vnd.apache.parquet",
    ".csv": "text/csv; charset=utf-8",
}
"""Files that leave the store, by their endings: its open formats."""
GZIPPED = frozenset({".json", ".geojson", ".csv"})
LARGEST_GZIPPED = 32 * 1024 * 1024
YEAR_S = 365 * 24 * 3600
NOTHING = "no such product, or none that you may see"
GONE = "was removed from the store (twin prune); the present one is at /tiles/current/"


class ProductSource(Protocol):
    """Store, audit journal and opened basin of a hub."""

    shelf: Store
    audit: AuditJournal

    async def opened_for(self, visitor: Visitor) -> Opened | None: ...


def add_routes(app: web.Application, hub: ProductSource) -> None:
    """Add the addresses below ``/tiles/``."""
    files = ProductFiles(hub)
    app.router.add_get("/tiles/current/{path:.*}", files.current)
    app.router.add_get("/tiles/{generation}/", files.index)
    app.router.add_get("/tiles/{generation}/{path:.+}", files.file)


class ProductFiles:
    """Handlers of the addresses below ``/tiles/``."""

    def __init__(self, hub: ProductSource) -> None:
        self._hub = hub
        self._known: dict[str, Generation] = {}
        self._noted: set[tuple[str, str]] = set()

    @needs("watch")
    async def current(self, request: web.Request) -> web.StreamResponse:
        """Send on to the present generation."""
        opened = await self._opened_for(visitor_of(request))
        if opened is None:
            raise web.HTTPNotFound(text=NOTHING)
        id_, path = opened.models.generation.id, request.match_info["path"]
        up = "../" * (path.count("/") + 1)  # relative: a proxy may have put the server anywhere
        raise web.HTTPTemporaryRedirect(quote(f"{up}{id_}/{path}"), headers={"Cache-Control": "no-store"})

    @needs("watch")
    async def index(self, request: web.Request) -> web.StreamResponse:
        """List the products that the visitor may see."""
        generation, visitor = await self._found(request), visitor_of(request)
        opened = await self._opened_for(visitor)
        needed = {step: self._access(step, generation, opened, visitor) for step in generation.products}
        seen = {step: access for step, access in needed.items() if access is not None}
        products = await asyncio.to_thread(_listed, generation, seen)
        body = {"generation": generation.id, "created": generation.created, "products": products}
        return web.json_response(body, headers={"Cache-Control": "private, no-cache"})

    @needs("watch")
    async def file(self, request: web.Request) -> web.StreamResponse:
        """Send a file of a product."""
        generation = await self._found(request)
        path, visitor = request.match_info["path"], visitor_of(request)
        opened = await self._opened_for(visitor)
        step = next((step for step in _steps_in(path) if generation.has(step)), "")
        access = self._access(step, generation, opened, visitor)
        if access is None:  # the same answer as to a product that there is not: names are data, too
            raise web.HTTPNotFound(text=NOTHING)
        name = path.removeprefix(step)[1:]
        file = await asyncio.to_thread(_inside, generation.path(step), name)
        if file is None:
            if not await asyncio.to_thread(generation.path(step).is_dir):
                raise web.HTTPGone(text=f"generation {generation.id} {GONE}")
            raise web.HTTPNotFound(text=f"no such file in {step}")
        if access == "restricted":
            await self._note(visitor, step)
        shared = "public" if access == "public" else "private"
        headers = {
            "Content-Type": TYPES[file.suffix],
            "Cache-Control": f"{shared}, max-age={YEAR_S}, immutable",
        }
        if file.suffix in GZIPPED:
            headers["Vary"] = "Accept-Encoding"
            gzipped = "gzip" in request.headers.get("Accept-Encoding", "") and "Range" not in request.headers
            if gzipped and (await asyncio.to_thread(file.stat)).st_size <= LARGEST_GZIPPED:
                return await _gzipped(request, file, headers)
        return _ProductFile(file, headers=headers)

    async def _found(self, request: web.Request) -> Generation:
        id_ = request.match_info["generation"]
        if id_ in self._known:
            return self._known[id_]
        try:
            found = await asyncio.to_thread(self._hub.shelf.generation, id_)
        except NotBuiltError:
            manifest = self._hub.shelf.folder / "generations" / f"{id_}.json"
            if id_.isalnum() and await asyncio.to_thread(manifest.is_file):
                raise web.HTTPGone(text=f"generation {id_} {GONE}") from None
            raise web.HTTPNotFound(
                text="no such generation; it was never built here, or removed (twin prune): "
                "the present one is at /tiles/current/"
            ) from None
        self._known[id_] = found  # immutable, and as many as the store has
        return found

    async def _opened_for(self, visitor: Visitor) -> Opened | None:
        """Basin as a visitor sees it; None where the ground is withheld."""
        try:
            opened = await self._hub.opened_for(visitor)
        except NothingToSeeError:
            return None
        if opened is None:
            raise web.HTTPServiceUnavailable(text="the basin is being opened", headers={"Retry-After": "5"})
        return opened

    def _access(
        self, step: str, generation: Generation, opened: Opened | None, visitor: Visitor
    ) -> Access | None:
        """Access that a product needs; None where the visitor may not see it, or there is none.

        Of an older generation the visitor sees what the present one has, too: what others were made from,
        today's catalog does not say. They are for those who see everything.
        """
        product = generation.products.get(step)
        if product is None or opened is None:
            return None
        present = (one.generation.products.get(step) for one in (opened.basin, opened.models))
        if product not in present and not visitor.may_see(LEVELS[-1]):
            return None
        return access_of(step, opened.basin.catalog)

    async def _note(self, visitor: Visitor, step: str) -> None:
        """Write once a run that a visitor saw a restricted product."""
        if (visitor.name, step) not in self._noted:
            try:
                await asyncio.to_thread(self._hub.audit.record, visitor, "saw", product=step)
            except OSError as error:
                logger.error("twin: %s", refusal(error, self._hub.audit.path))
                raise web.HTTPServiceUnavailable(
                    text="the audit journal cannot be written: restricted data are not sent"
                ) from None
            self._noted.add((visitor.name, step))


def _steps_in(path: str) -> Iterator[str]:
    """Beginnings of a path, whole parts of it: one of them names the product."""
    parts = path.split("/")
    return ("/".join(parts[:k]) for k in range(1, len(parts)))


def _inside(folder: Path, name: str) -> Path | None:
    """File of a product that may be sent; None for any other."""
    path = folder / name
    if path.suffix not in TYPES or path.name == NOTES or "\0" in name:
        return None
    try:
        real = path.resolve(strict=True)
    except OSError:
        return None
    # Neither ".." nor a link leads anywhere else: the address is the file's own.
    return real if real == folder.resolve() / name and real.is_file() else None


def _listed(generation: Generation, seen: Mapping[str, Access]) -> list[dict[str, Any]]:
    return [
        {"product": step, "access": access, "files": list(_entrances(generation.path(step)))}
        for step, access in seen.items()
    ]


@lru_cache(maxsize=4096)
def _entrances(folder: Path) -> tuple[str, ...]:
    """Files by which a product is opened, its tiles left out."""
    names = (file.relative_to(folder).as_posix() for file in sorted(folder.rglob("*")))
    return tuple(name for name in names if not name.endswith(".glb") and _inside(folder, name) is not None)


class _ProductFile(web.FileResponse):
    """File whose ``If-Range`` may be an ETag as well as a date."""

    async def prepare(self, request: web.BaseRequest) -> Any:
        known = request.headers.get("If-Range", "")
        if known.startswith('"') and known != await asyncio.to_thread(self._tag):
            rest = {name: value for name, value in request.headers.items() if name != "Range"}
            request = request.clone(headers=rest)  # what the client has a part of is another file
        return await super().prepare(request)

    def _tag(self) -> str:
        stat = self._path.stat()
        return f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'


async def _gzipped(request: web.Request, file: Path, headers: dict[str, str]) -> web.StreamResponse:
    """Response of a compressed text; its ETag is another than that of the plain one."""
    stat = await asyncio.to_thread(file.stat)
    etag = f"{stat.st_mtime_ns:x}-{stat.st_size:x}-gz"
    if any(one.value in (etag, "*") for one in request.if_none_match or ()):
        response = web.Response(status=304, headers=headers)
    else:
        body = await asyncio.to_thread(lambda: gzip.compress(file.read_bytes(), 5, mtime=0))
        response = web.Response(body=body, headers=headers | {"Content-Encoding": "gzip"})
    response.etag = etag
    return response

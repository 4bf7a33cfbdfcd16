"""A machine that does not see the store draws from a cache that a hub fills, by the hashes of its files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from apps.hub.permissions import permissions
from apps.hub.store_mirror import add_routes
from apps.hub.visitor import Visitor
from apps.product_cache import ProductCache
from apps.store_origin import StoreOrigin
from twin.basin import Basin
from twin.catalog import Catalog, load_catalog_leniently
from twin.store import Store, StoreError


@dataclass
class Mirrored:
    shelf: Store
    catalog: Catalog


def visitor(request: web.BaseRequest) -> Visitor:
    sees = {"Bearer all": "restricted"}.get(request.headers.get("Authorization", ""), "internal")
    return Visitor(name="node", role="watch", sees=sees)  # type: ignore[arg-type]


@pytest.fixture
async def url(small_basin: Path) -> AsyncIterator[str]:
    catalog, _ = load_catalog_leniently(small_basin)
    app = web.Application(middlewares=[permissions(visitor)])
    add_routes(app, Mirrored(Store.beside(small_basin), catalog))
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Callable[..., ProductCache]]:
    """Make caches of one folder."""
    made: list[ProductCache] = []

    def make(**options: float) -> ProductCache:
        made.append(ProductCache(tmp_path / "cache", **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


Caches = Callable[..., ProductCache]


def contents(store: Path) -> dict[str, bytes]:
    files = (file for file in (store / "products").rglob("*") if file.is_file())
    return {file.relative_to(store).as_posix(): file.read_bytes() for file in files if file.suffix != ".lock"}


async def test_a_generation_is_fetched_once_and_opens_as_it_was(
    url: str, small_basin: Path, cache: Caches
) -> None:
    basin = Basin.open(small_basin)
    origin = StoreOrigin(url, token="all", cache=cache())
    catalog, store = await asyncio.to_thread(origin.bring, basin.generation.id)
    assert contents(store) == contents(basin.generation.folder)
    mirrored = Basin.open(catalog, store=store, generation=basin.generation.id)
    assert mirrored.generation == basin.generation
    assert mirrored.catalog.entries.keys() == basin.catalog.entries.keys()
    assert mirrored.site == basin.site
    whole = {file: file.stat().st_ino for file in store.rglob("*.npy")}
    again = StoreOrigin(url, token="all", cache=cache())
    await asyncio.to_thread(again.bring, basin.generation.id)
    assert {file: file.stat().st_ino for file in store.rglob("*.npy")} == whole


async def test_who_does_not_see_everything_gets_nothing(url: str, small_basin: Path, cache: Caches) -> None:
    origin = StoreOrigin(url, token="some", cache=cache())
    with pytest.raises(StoreError, match=r"refuses it \(404\): TWIN_TOKEN"):
        await asyncio.to_thread(origin.bring, Basin.open(small_basin).generation.id)


async def test_another_hash_is_refused_and_leaves_nothing(
    small_basin: Path, tmp_path: Path, cache: Caches
) -> None:
    catalog, _ = load_catalog_leniently(small_basin)
    app = web.Application(middlewares=[permissions(visitor)])
    add_routes(app, Mirrored(Store.beside(small_basin), catalog))

    @web.middleware
    async def changed(request: web.Request, handler: object) -> web.StreamResponse:
        answer = await handler(request)  # type: ignore[operator]
        return web.Response(body=b"something else") if "/blobs/" in request.path else answer

    app.middlewares.append(changed)
    async with TestServer(app) as server:
        origin = StoreOrigin(str(server.make_url("/")), token="all", cache=cache())
        with pytest.raises(
            StoreError, match=r"/tiles/blobs/\w{64}: its content has another hash \(\w{8}…\) and is"
        ):
            await asyncio.to_thread(origin.bring, Basin.open(small_basin).generation.id)
    assert contents(tmp_path / "cache") == {}


def test_a_hub_that_is_away_is_one_line(cache: Caches) -> None:
    origin = StoreOrigin("http://127.0.0.1:9", cache=cache())
    with pytest.raises(StoreError, match="the store's hub does not answer"):
        origin.bring("a")


def test_the_cache_keeps_to_its_size_and_never_drops_what_is_held(tmp_path: Path, cache: Caches) -> None:
    def of(nbytes: int) -> object:
        return lambda folder: (folder / "it").write_bytes(bytes(nbytes))

    first = cache(limit_gb=2500e-9)
    for name in ("a", "b"):
        first.take(name, of(1000))  # type: ignore[arg-type]
    first.close()
    second = cache(limit_gb=2500e-9)
    second.take("a", lambda folder: pytest.fail("it is there"))
    second.take("c", of(1000))  # type: ignore[arg-type]
    there = {path.name for path in (tmp_path / "cache" / "products").iterdir() if path.is_dir()}
    assert there == {"a", "c"}, "b was used longest ago"
    with pytest.raises(StoreError, match="TWIN_CACHE_GB"):
        second.take("d", of(1000))  # type: ignore[arg-type]
    assert {path.name for path in (tmp_path / "cache" / "products").iterdir() if path.is_dir()} == {"a", "c"}

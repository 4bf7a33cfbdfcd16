"""Other people's programs open the store over the network, and see what their visitor may see."""

from __future__ import annotations

import asyncio
import errno
import gzip
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import numpy as np
import pytest
import rasterio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from apps.hub.audit import AuditJournal
from apps.hub.permissions import permissions
from apps.hub.product_access import access_of
from apps.hub.product_files import add_routes
from apps.hub.visitor import ACCESS, Visitor
from tests.shared_store import SharedStore
from tests.small import ground_m, write_small_basin
from twin.basin import Basin
from twin.catalog import load_catalog, load_catalog_leniently
from twin.store import Store


@pytest.fixture(scope="module")
def basin(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small basin of one's own, whose villages are restricted and whose hamlets are internal."""
    catalog = write_small_basin(tmp_path_factory.mktemp("files"))
    start, villages = catalog.read_text("utf-8").split("  villages:")
    internal = villages.replace("access: public", "access: internal")
    restricted = villages.replace("access: public", "access: restricted")
    catalog.write_text(f"{start}  hamlets:{internal}  villages:{restricted}", "utf-8")
    return shared_store.build(catalog)


@pytest.fixture
def generation(basin: Path) -> str:
    found = Store.beside(basin).current()
    assert found is not None
    return found.id


def visitor(request: Any) -> Visitor:
    return Visitor(name="li", role="watch", sees=request.headers.get("sees", "public"))


@dataclass
class Shown:
    """Basin of a level, without what a page needs of it."""

    basin: Basin

    @property
    def models(self) -> Basin:
        return self.basin


@dataclass
class Source:
    """What of a hub the files need."""

    shelf: Store
    basin: Basin | None
    audit: AuditJournal

    async def opened_for(self, visitor: Visitor) -> Any:
        return None if self.basin is None else Shown(self.basin.seen_by(visitor.sees))


def plain(sees: str) -> dict[str, str]:
    return {"sees": sees, "Accept-Encoding": "identity"}


def served(basin: Basin | None, shelf: Store) -> TestClient[Any, Any]:
    app = web.Application(middlewares=[permissions(visitor)])
    add_routes(app, Source(shelf, basin, AuditJournal(shelf.folder / "audit.jsonl")))
    return TestClient(TestServer(app), auto_decompress=False)


@pytest.fixture
async def client(basin: Path) -> AsyncIterator[TestClient[Any, Any]]:
    async with served(Basin.open(basin), Store.beside(basin)) as opened:
        yield opened


async def test_the_list_and_the_files_follow_what_a_visitor_may_see(
    client: TestClient[Any, Any], generation: str, basin: Path
) -> None:
    villages = {"vectors/villages", "affected/villages"}
    hidden = {"public": {"vectors/hamlets", "affected/hamlets", *villages}, "internal": villages}
    every = set(Store.beside(basin).generation(generation).products)
    for sees in ACCESS:
        answer = await client.get(f"/tiles/{generation}/", headers={"sees": sees})
        listed = {one["product"]: one for one in (await answer.json())["products"]}
        assert listed.keys() == every - hidden.get(sees, set())
        for product in ("vectors/hamlets", "vectors/villages"):
            answer = await client.get(f"/tiles/{generation}/{product}/features.json", headers=plain(sees))
            assert answer.status == (404 if product in hidden.get(sees, set()) else 200)
            assert ("东村".encode() in await answer.read()) == (answer.status == 200)
        assert listed["terrain-tiles"]["files"] == ["tileset.json"]
        assert listed["ground"]["access"] == "public"


async def test_every_reference_of_the_tileset_leads_to_a_tile(
    client: TestClient[Any, Any], generation: str, basin: Path
) -> None:
    address = f"/tiles/{generation}/terrain-tiles/tileset.json"
    answer = await client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    waiting = [json.loads(gzip.decompress(await answer.read()))["root"]]
    found = 0
    while waiting:
        tile = waiting.pop()
        waiting += tile.get("children", [])
        answer = await client.get(urljoin(address, tile["content"]["uri"]))
        assert (answer.status, answer.content_type) == (200, "model/gltf-binary")
        assert (await answer.read())[:4] == b"glTF"
        found += 1
    folder = Store.beside(basin).generation(generation).path("terrain-tiles")
    assert found == len(list(folder.glob("*.glb"))) > 4


async def test_gdal_reads_the_ground_by_ranges(client: TestClient[Any, Any], generation: str) -> None:
    address = client.make_url(f"/tiles/{generation}/ground/ground.tif")

    def read() -> Any:
        with (
            rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", CPL_VSIL_CURL_ALLOWED_EXTENSIONS=".tif"),
            rasterio.open(f"/vsicurl/{address}", driver="GTiff") as file,
        ):
            return file.read(1, window=((0, 20), (0, 20)))

    assert np.array_equal(await asyncio.to_thread(read), ground_m()[:20, :20])


async def test_ranges_conditions_and_heads_are_answered(
    client: TestClient[Any, Any], generation: str
) -> None:
    address = f"/tiles/{generation}/ground/ground.tif"
    whole = await client.get(address)
    body, etag = await whole.read(), whole.headers["ETag"]
    assert not etag.startswith("W/")
    assert whole.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    head = await client.head(address)
    assert (int(head.headers["Content-Length"]), head.headers["ETag"]) == (len(body), etag)
    part = await client.get(address, headers={"Range": "bytes=4-11"})
    assert (part.status, await part.read()) == (206, body[4:12])
    assert part.headers["Content-Range"] == f"bytes 4-11/{len(body)}"
    resumed = await client.get(address, headers={"Range": "bytes=4-11", "If-Range": etag})
    assert (resumed.status, await resumed.read()) == (206, body[4:12])
    other = await client.get(address, headers={"Range": "bytes=4-11", "If-Range": '"another"'})
    assert (other.status, await other.read()) == (200, body)
    beyond = await client.get(address, headers={"Range": f"bytes={len(body)}-"})
    assert beyond.status == 416
    for tag in (etag, f'"x", {etag}', "*"):
        same = await client.get(address, headers={"If-None-Match": tag})
        assert (same.status, await same.read()) == (304, b"")


async def test_a_compressed_text_has_an_etag_of_its_own(
    client: TestClient[Any, Any], generation: str
) -> None:
    address = f"/tiles/{generation}/water/hypsometry.csv"
    plain = await client.get(address, headers={"Accept-Encoding": "identity"})
    small = await client.get(address, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(await small.read()) == await plain.read()
    assert plain.headers["ETag"] != small.headers["ETag"]
    assert plain.headers["Vary"] == small.headers["Vary"] == "Accept-Encoding"
    again = await client.get(
        address, headers={"Accept-Encoding": "gzip", "If-None-Match": small.headers["ETag"]}
    )
    assert again.status == 304
    part = await client.get(address, headers={"Accept-Encoding": "gzip", "Range": "bytes=0-3"})
    assert part.status == 206 and "Content-Encoding" not in part.headers


async def test_what_is_not_public_stays_out_of_shared_caches(
    client: TestClient[Any, Any], generation: str
) -> None:
    answer = await client.get(
        f"/tiles/{generation}/vectors/hamlets/data.parquet", headers={"sees": "internal"}
    )
    assert answer.headers["Cache-Control"].startswith("private, ")
    answer = await client.get(f"/tiles/{generation}/", headers={"sees": "internal"})
    assert answer.headers["Cache-Control"] == "private, no-cache"


async def test_who_saw_restricted_data_is_written_down_once(
    client: TestClient[Any, Any], generation: str, basin: Path
) -> None:
    journal = basin.parent / ".twin" / "audit.jsonl"
    journal.unlink(missing_ok=True)
    for _ in range(3):
        await client.get(f"/tiles/{generation}/vectors/villages/data.parquet", headers={"sees": "restricted"})
        await client.get(f"/tiles/{generation}/ground/ground.tif", headers={"sees": "restricted"})
    lines = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    assert [(line["who"], line["act"], line["product"]) for line in lines] == [
        ("li", "saw", "vectors/villages")
    ]


async def test_restricted_data_leave_only_where_that_can_be_written_down(
    client: TestClient[Any, Any], generation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(AuditJournal, "record", full)
    for path, status in (("vectors/villages/data.parquet", 503), ("ground/ground.tif", 200)):
        answer = await client.get(f"/tiles/{generation}/{path}", headers={"sees": "restricted"})
        assert answer.status == status


@pytest.mark.parametrize(
    "path",
    [
        "ground/../../../current",
        "ground/%2e%2e/%2e%2e/current",
        "ground/..%2f..%2fcurrent.json",
        "ground/secret.csv",
        "ground/secret/users.csv",
        "ground/ground.npy",
        "ground/%00.tif",
        "ground/",
        "ground",
        "sample/terrain.tif",
        "stations/observations.sqlite",
        "nothing/tileset.json",
    ],
)
async def test_nothing_else_of_the_disk_is_sent(
    client: TestClient[Any, Any], generation: str, basin: Path, path: str
) -> None:
    folder = Store.beside(basin).generation(generation).path("ground")
    outside = basin.parent / "outside"
    outside.mkdir(exist_ok=True)
    (outside / "users.csv").write_text("secret")
    for name, target in (("secret.csv", outside / "users.csv"), ("secret", outside)):
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(target)
    answer = await client.get(
        URL(f"/tiles/{generation}/{path}", encoded=True), headers={"sees": "restricted"}
    )
    assert answer.status in (400, 404)
    assert b"secret" not in await answer.read()


async def test_an_unknown_generation_and_a_pruned_one_say_what_to_do(
    client: TestClient[Any, Any], generation: str, basin: Path
) -> None:
    for id_ in ("abcdef012345", "..", "a.b", "%2e%2e"):
        answer = await client.get(f"/tiles/{id_}/ground/ground.tif")
        assert answer.status == 404
    manifests = basin.parent / ".twin" / "generations"
    old = json.loads((manifests / f"{generation}.json").read_text()) | {"id": "0123456789ab"}
    old["products"] |= {"ground": "ground-0000"}
    (manifests / "0123456789ab.json").write_text(json.dumps(old))
    answer = await client.get("/tiles/0123456789ab/ground/ground.tif")
    assert answer.status == 410 and "/tiles/current/" in await answer.text()
    answer = await client.get("/tiles/current/ground/ground.tif", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (307, f"../../{generation}/ground/ground.tif")
    for path in ("", "ground/ground.tif"):
        answer = await client.get(f"/tiles/current/{path}")
        assert (answer.status, answer.url.path) == (200, f"/tiles/{generation}/{path}")


def test_a_product_is_as_visible_as_the_least_visible_that_it_is_made_from(
    basin: Path, tmp_path: Path
) -> None:
    catalog = load_catalog(basin)
    assert access_of("terrain-tiles", catalog) == "public"
    assert access_of("models/villages/000", catalog) == "restricted"
    for step in ("sample", "vectors/gone", "vectors", "other", ""):
        assert access_of(step, catalog) is None
    text = basin.read_text("utf-8").replace("crest_field: crest_m", "crest_feld: crest_m")
    (tmp_path / "data_catalog.yaml").write_text(text, "utf-8")
    (tmp_path / "small_site.yaml").write_bytes((basin.parent / "small_site.yaml").read_bytes())
    read, _ = load_catalog_leniently(tmp_path / "data_catalog.yaml")
    assert "dam" in read.broken  # nobody knows who may see it
    assert access_of("ground", read) == access_of("vectors/dam", read) == "restricted"


async def test_who_does_not_see_the_ground_gets_nothing(basin: Path, generation: str, tmp_path: Path) -> None:
    catalog = write_small_basin(tmp_path)
    text = catalog.read_text("utf-8")
    catalog.write_text(text.replace("access: public", "access: internal", 1), "utf-8")
    generation_ = Store.beside(basin).generation(generation)
    async with served(Basin(load_catalog(catalog), generation_), Store.beside(basin)) as client:
        for sees, expected in (("public", 404), ("internal", 200)):
            answer = await client.get(f"/tiles/{generation}/ground/ground.tif", headers={"sees": sees})
            assert answer.status == expected
        answer = await client.get(f"/tiles/{generation}/", headers={"sees": "public"})
        assert (await answer.json())["products"] == []


async def test_an_older_generation_has_for_others_only_what_the_present_one_has(
    client: TestClient[Any, Any], generation: str, basin: Path
) -> None:
    """Its other products may be of data that were restricted, or of an entry that has gone."""
    store = Store.beside(basin)
    manifests, products = store.folder / "generations", store.folder / "products"
    old = json.loads((manifests / f"{generation}.json").read_text()) | {"id": "00000000aaaa"}
    old["products"]["vectors/dam"] = "vectors-dam-0000"
    villages = store.generation(generation).path("vectors/villages")
    shutil.copytree(villages, products / "vectors-dam-0000", dirs_exist_ok=True)
    (manifests / "00000000aaaa.json").write_text(json.dumps(old))
    for sees, expected in (("public", 404), ("internal", 404), ("restricted", 200)):
        answer = await client.get("/tiles/00000000aaaa/vectors/dam/features.json", headers=plain(sees))
        assert answer.status == expected
    for path in ("ground/ground.tif", "terrain-tiles/tileset.json"):
        assert (await client.get(f"/tiles/00000000aaaa/{path}", headers=plain("public"))).status == 200


async def test_before_the_basin_is_open_it_is_said_so(basin: Path, generation: str) -> None:
    async with served(None, Store.beside(basin)) as client:
        for path in (f"/tiles/{generation}/ground/ground.tif", f"/tiles/{generation}/", "/tiles/current/"):
            answer = await client.get(path)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")

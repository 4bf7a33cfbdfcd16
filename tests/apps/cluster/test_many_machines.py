"""Nodes draw, build and record what this machine does; one that dies costs time and nothing else.

One file, so that one Ray serves all of it. The losses that take long are for ``script/endurance``.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from apps.cluster.build_steps import ClusterPlacer
from apps.cluster.connecting import connected
from apps.cluster.painters import painters_on_nodes
from apps.hub.permissions import permissions
from apps.hub.store_mirror import add_routes
from apps.painter.messages import Paint, Target
from apps.painter.painter_client import COMMAND
from apps.painter.pool import PainterPool
from apps.painter.viewport import Viewport
from layers.camera.camera import home
from layers.governor import FINE
from layers.heights import ground_of
from meshes.pipeline import build
from tests.apps.cluster.conftest import NODE
from tests.apps.recorder.test_recording import film, manifest, record  # noqa: F401  (a fixture)
from tests.apps.test_store_origin import Mirrored, visitor
from tests.meshes.build_foreign.making import model, write_obj
from tests.meshes.build_foreign.test_foreign_steps import ANCHOR, with_models
from tests.shared_store import SharedStore
from tests.small import write_small_basin
from twin.basin import Basin
from twin.build import BuildReport
from twin.catalog import load_catalog_leniently
from twin.moment import what_if
from twin.scene import Scene
from twin.store import Generation, Store

ENDURANCE = os.environ.get("TWIN_ENDURANCE") == "1"
endurance = pytest.mark.skipif(not ENDURANCE, reason="takes a minute: script/endurance")
LOST_AT = 5
SIZE = (320, 180)
HOUSES = ("a", "b", "c")


# -- painters -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def request_(small_basin: Path) -> Paint:
    basin = Basin.open(small_basin)
    scene = Scene(camera=home(basin, ground_of(basin), aspect=16 / 9), moment=what_if(150.0))
    return Paint(
        target=Target(generation=basin.generation.id, models=basin.generation.id),
        view="desk",
        scene=scene,
        viewport=Viewport(width=320.0, height=180.0),
        size=SIZE,
        sharpness=FINE,
        sample=0,
    )


@asynccontextmanager
async def pool(catalog: Path, command: list[str]) -> AsyncIterator[PainterPool]:
    painters = PainterPool(catalog, root=None, store=None, command=command)
    running = asyncio.create_task(painters.run())
    try:
        yield painters
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def painters_below() -> set[int]:
    """Painters that this process has started: other tests' servers have theirs."""
    below = psutil.Process().children(recursive=True)
    return {one.pid for one in below if "apps.painter" in one.cmdline()}


async def jpeg(painters: PainterPool, request: Paint) -> bytes:
    painted = await painters.paint(request)
    assert painted.jpeg is not None
    return painted.jpeg.content


@asynccontextmanager
async def mirror(basin: Path) -> AsyncIterator[str]:
    """A hub that sends its store."""
    catalog, _ = load_catalog_leniently(basin)
    app = web.Application(middlewares=[permissions(visitor)])
    add_routes(app, Mirrored(Store.beside(basin), catalog))
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


async def test_a_node_draws_the_same_picture_and_one_that_dies_costs_its_frames_time(
    cluster: Any, small_basin: Path, request_: Paint, tmp_path: Path
) -> None:
    """The second node sees no store: a hub sends it."""
    others = painters_below()
    first = cluster.add_node(**NODE, num_cpus=1)
    command, cores = await asyncio.to_thread(painters_on_nodes, cluster.address)
    assert cores == 1
    async with pool(small_basin, list(COMMAND)) as here:
        true = await jpeg(here, request_)
    async with mirror(small_basin) as url, pool(small_basin, command) as painters:
        assert await jpeg(painters, request_) == true
        own = {"TWIN_ORIGIN": url, "TWIN_TOKEN": "all", "TWIN_CACHE": str(tmp_path)}
        second = cluster.add_node(**NODE, num_cpus=1, env_vars=own)
        fetched = tmp_path / "generations" / f"{request_.target.generation}.json"
        cluster.remove_node(first, allow_graceful=False)
        async with asyncio.timeout(60):
            while not fetched.exists():  # a process outlives its node for a moment
                assert await jpeg(painters, request_) == true
        assert await jpeg(painters, request_) == true
    cluster.remove_node(second)
    assert painters_below() <= others


# -- builds -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def catalog(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A basin with three models and a broken one, built here up to them."""
    catalog = shared_store.build(write_small_basin(tmp_path_factory.mktemp("cluster")))
    folder = catalog.parent
    models = []
    for house in HOUSES:
        write_obj(folder / house / "house.obj")
        models.append(model(house, "surface", f"{house}/house.obj", ANCHOR, reference="local"))
    (folder / "broken").mkdir()
    (folder / "broken" / "cloud.laz").write_bytes(b"LASF and nothing more")
    with_models(catalog, *models, model("broken", "points", "broken/cloud.laz", ANCHOR, reference="local"))
    return catalog


@contextmanager
def without_models(catalog: Path) -> Iterator[tuple[Generation, dict[str, bytes]]]:
    """The store as it was before its models; yields what a local build makes of them."""
    store = Store.beside(catalog)
    generation, made = build(catalog).generation, contents(store.folder)
    for product in (store.folder / "products").glob("models-*"):
        shutil.rmtree(product)
    yield generation, made


def contents(store: Path) -> dict[str, bytes]:
    files = (file for file in (store / "products").rglob("*") if file.is_file())
    return {file.relative_to(store).as_posix(): file.read_bytes() for file in files}


def placed(ray: Any, catalog: Path) -> BuildReport:
    store = Store.beside(catalog).folder
    return build(catalog, placer=ClusterPlacer(ray, catalog, root=None, store=store, detail=None))


def test_products_and_faults_are_those_of_a_local_build(cluster: Any, catalog: Path) -> None:
    node = cluster.add_node(**NODE, num_cpus=1)
    with without_models(catalog) as (generation, made), connected(cluster.address) as ray:
        report = placed(ray, catalog)
        assert sorted(report.made) == [f"models/{house}/000" for house in HOUSES]
        assert contents(Store.beside(catalog).folder) == made
        assert report.generation == generation, "the same faults, too"
    cluster.remove_node(node)


@endurance
def test_steps_of_a_lost_node_are_made_elsewhere(cluster: Any, catalog: Path, tmp_path: Path) -> None:
    first = cluster.add_node(**NODE, num_cpus=1, env_vars={"TMPDIR": str(tmp_path)})
    with without_models(catalog) as (generation, made), connected(cluster.address) as ray:
        report: list[BuildReport] = []
        building = threading.Thread(target=lambda: report.append(placed(ray, catalog)))
        building.start()
        while building.is_alive() and not list(tmp_path.glob("twin-step-*")):
            building.join(0.01)
        assert building.is_alive(), "a step runs on the first node"
        second = cluster.add_node(**NODE, num_cpus=1)
        cluster.remove_node(first, allow_graceful=False)
        building.join()
        assert (report[0].generation, contents(Store.beside(catalog).folder)) == (generation, made)
    cluster.remove_node(second)


# -- films --------------------------------------------------------------------------------------------


@endurance
def test_a_film_has_the_frames_of_a_local_one_at_whichever_instant_a_node_is_lost(
    cluster: Any,
    film: Path,  # noqa: F811
    small_basin: Path,
    tmp_path: Path,
) -> None:
    here, luck, lasted_s = tmp_path / "here.mp4", random.Random(20250728), 0.0
    assert record(film, small_basin, here, "--workers", 1).returncode == 0
    for lost in range(-1, LOST_AT):  # first without a loss
        out, pngs = tmp_path / f"{lost}.mp4", tmp_path / f"pngs{lost}"
        nodes = [cluster.add_node(**NODE, num_cpus=1) for _ in range(2)]
        options = ["--catalog", small_basin, "-o", out, "--frames", pngs, "--ray", cluster.address]
        command = [sys.executable, "-m", "apps.cli", "record", film, *options]
        began_s = time.monotonic()
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(list(map(str, command)), **pipes, text=True) as recording:
            if lost >= 0:
                with suppress(subprocess.TimeoutExpired):
                    recording.wait(luck.uniform(0.3, 1.0) * lasted_s)
                cluster.remove_node(nodes[0], allow_graceful=False)
            told, said = recording.communicate(timeout=200)
        lasted_s = time.monotonic() - began_s
        for node in nodes[max(0, min(1, lost + 1)) :]:
            cluster.remove_node(node)
        assert recording.returncode == 0, said
        assert len(told.splitlines()) == 1, "what Ray says of lost nodes is not printed"
        assert manifest(out)["frames"] == manifest(here)["frames"]
        assert len(list(pngs.iterdir())) == len(manifest(here)["frames"])

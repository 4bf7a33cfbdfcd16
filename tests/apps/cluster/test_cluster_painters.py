"""Painters on other nodes draw what one here draws; a node that dies costs its frame's time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from apps.cluster.painters import painters_on_nodes
from apps.painter.messages import Paint, Target
from apps.painter.painter_client import COMMAND
from apps.painter.pool import PainterPool
from apps.painter.viewport import Viewport
from layers.camera.camera import home
from layers.governor import FINE
from layers.heights import ground_of
from tests.apps.cluster.conftest import NODE
from twin.basin import Basin
from twin.moment import what_if
from twin.scene import Scene

SIZE = (320, 180)


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


async def jpeg(painters: PainterPool, request: Paint) -> bytes:
    painted = await painters.paint(request)
    assert painted.jpeg is not None
    return painted.jpeg.content


async def test_a_node_draws_the_same_picture_and_one_that_dies_costs_its_frames_time(
    cluster: Any, small_basin: Path, request_: Paint
) -> None:
    nodes = [cluster.add_node(**NODE, num_cpus=1)]
    command, cores = painters_on_nodes(cluster.address)
    assert cores == 1
    async with pool(small_basin, list(COMMAND)) as here:
        true = await jpeg(here, request_)
    async with pool(small_basin, command) as painters:
        assert await jpeg(painters, request_) == true
        nodes.append(cluster.add_node(**NODE, num_cpus=1))
        cluster.remove_node(nodes[0], allow_graceful=False)
        assert await jpeg(painters, request_) == true
    cluster.remove_node(nodes[1])
    assert not [p for p in psutil.Process().children(recursive=True) if "apps.painter" in p.cmdline()]

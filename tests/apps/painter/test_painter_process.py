"""A painter's process draws what a stage draws, and its end is nobody's loss."""

from __future__ import annotations

import asyncio
import io
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from apps.painter import painter_client
from apps.painter.errors import PainterError, PainterGoneError
from apps.painter.messages import Cover, Paint, Pick, Target
from apps.painter.painter import Painter
from apps.painter.pool import Painted, PainterPool
from apps.painter.smoothing import SHIFTS
from apps.painter.viewport import Viewport
from layers.governor import FINE, MOVING
from layers.labels.signs import Signs
from layers.labels.symbols import Sign
from tests.browser.live_basin import write_live_basin
from twin.basin import Basin
from twin.moment import what_if
from twin.scene import Scene

SIZE = (320, 180)
STATION = "31000001"


@pytest.fixture(scope="module")
def basin(small_basin: Path) -> Basin:
    return Basin.open(small_basin)


@pytest.fixture(scope="module")
def target(basin: Basin) -> Target:
    return Target(generation=basin.generation.id, models=basin.generation.id)


@pytest.fixture
async def painter(small_basin: Path) -> AsyncIterator[PainterPool]:
    client = PainterPool(small_basin, root=None, store=None)
    running = asyncio.create_task(client.run())
    yield client
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
def request_(target: Target, scene: Scene) -> Paint:
    viewport = Viewport(width=320.0, height=180.0)
    return Paint(
        target=target, view="desk", scene=scene, viewport=viewport, size=SIZE, sharpness=FINE, sample=0
    )


@pytest.fixture(scope="module")
def scene(basin: Basin) -> Scene:
    from layers.camera.camera import home
    from layers.heights import ground_of

    return Scene(camera=home(basin, ground_of(basin), aspect=16 / 9), moment=what_if(150.0))


def pixels(painted: Painted) -> np.ndarray:
    assert painted.jpeg is not None
    picture = np.asarray(Image.open(io.BytesIO(painted.jpeg.content)))
    assert picture.shape == (painted.jpeg.height, painted.jpeg.width, 3)
    return picture


def child(client: PainterPool) -> psutil.Process:
    (found,) = [p for p in psutil.Process().children() if "apps.painter" in p.cmdline()]
    return found


async def test_its_pictures_and_what_lies_over_them_are_those_of_a_stage(
    painter: PainterPool, small_basin: Path, request_: Paint
) -> None:
    painted = await painter.paint(request_)
    here = Painter(small_basin, root=None, store=None)
    picture, overlay, *_ = here.paint(request_)
    here.close()
    assert picture is not None
    assert np.abs(pixels(painted).astype(int) - picture[..., :3]).mean() < 2.0, "JPEG, not another picture"
    assert painted.overlay.keys() == overlay.keys()
    assert [label["text"] for label in painted.overlay["labels"]] == [x["text"] for x in overlay["labels"]]


async def test_a_moving_frame_is_smaller_and_a_smooth_one_the_mean_of_its_samples(
    painter: PainterPool, request_: Paint
) -> None:
    moving = await painter.paint(replace(request_, sharpness=MOVING[0], sample=None))
    assert pixels(moving).shape[:2] == (round(180 * MOVING[0].scale), round(320 * MOVING[0].scale))
    singles = [pixels(await painter.paint(replace(request_, sample=k))) for k in range(len(SHIFTS))]
    for k in range(len(SHIFTS) - 1):
        assert (await painter.paint(replace(request_, sample=k, keep=True, jpeg=False))).jpeg is None
    smooth = pixels(await painter.paint(replace(request_, sample=len(SHIFTS) - 1, keep=True)))
    mean = np.mean(singles, axis=0)
    assert np.abs(smooth - mean).mean() < min(np.abs(single - mean).mean() for single in singles)


async def test_layers_places_and_covers_are_answered(
    painter: PainterPool, request_: Paint, target: Target
) -> None:
    layers = {layer.id: layer for layer in await painter.describe(target)}
    assert layers["terrain"].title["en"] == "Terrain" and layers["terrain"].streaming is not None
    assert layers["water"].streaming is None
    ask = Pick(
        target=target,
        view="desk",
        scene=request_.scene,
        viewport=request_.viewport,
        size=SIZE,
        x=0.5,
        y=0.5,
    )
    found = (await painter.pick(ask)).place
    assert found is not None
    camera = request_.scene.camera
    assert np.hypot(found[0] - camera.target_east_m, found[1] - camera.target_north_m) < 500.0
    assert (await painter.pick(replace(ask, y=-3.0))).place is None, "the sky"
    cover = Cover(target=target, view="desk", scene=request_.scene, viewport=request_.viewport, size=SIZE)
    assert (await painter.cover(cover))["scale"]["length_m"] > 0.0


async def test_what_it_refuses_is_said_in_both_languages_and_the_next_picture_comes(
    painter: PainterPool, request_: Paint
) -> None:
    deep = request_.scene.changed(moment=what_if(1000.0))
    with pytest.raises(PainterError) as refused:
        await painter.paint(replace(request_, scene=deep))
    assert "known below" in str(refused.value) and "水位" in refused.value.in_chinese()
    with pytest.raises(PainterError):
        await painter.describe(Target(generation="none", models="none"))
    pixels(await painter.paint(request_))


async def test_killed_under_a_picture_another_one_draws_it(
    painter: PainterPool, request_: Paint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the signs that its predecessor had been sent: a new painter knows nothing."""
    signed = replace(request_, signs=Signs(rain_mm={"x": (1.0, 1.0)}))
    before = await painter.paint(signed)
    for _ in range(3):
        asked = asyncio.create_task(painter.paint(signed))
        await asyncio.sleep(0)
        child(painter).send_signal(signal.SIGKILL)
        async with asyncio.timeout(30):
            again = await asked
        assert np.array_equal(pixels(again), pixels(before))


async def test_one_that_hangs_is_replaced(painter: PainterPool, request_: Paint) -> None:
    await painter.paint(request_)
    hung = child(painter)
    hung.send_signal(signal.SIGSTOP)
    async with asyncio.timeout(30):
        await painter.paint(request_)
    assert child(painter).pid != hung.pid


async def test_one_that_does_not_answer_in_time_is_replaced(
    painter: PainterPool, request_: Paint, monkeypatch: pytest.MonkeyPatch
) -> None:
    await painter.paint(request_)
    slow = child(painter).pid
    monkeypatch.setattr(painter_client, "HUNG_S", 0.0)
    asked = asyncio.create_task(painter.paint(request_))
    await until(lambda: not psutil.pid_exists(slow) or psutil.Process(slow).status() == psutil.STATUS_ZOMBIE)
    monkeypatch.setattr(painter_client, "HUNG_S", 10.0)
    async with asyncio.timeout(30):
        pixels(await asked)


async def test_a_request_that_ends_every_painter_is_given_up(painter: PainterPool, request_: Paint) -> None:
    await painter.paint(request_)
    asked = asyncio.create_task(painter.paint(request_))
    while not asked.done():
        if painter.status().drawing:
            child(painter).kill()
            await until(lambda: not painter.status().drawing or asked.done())
        await asyncio.sleep(0.001)
    with pytest.raises(PainterGoneError):
        await asked
    pixels(await painter.paint(request_))


async def test_one_that_holds_too_much_memory_says_so_and_is_replaced(
    small_basin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = PainterPool(small_basin, root=None, store=None)
    client._basin += ["--limit-mb", "20"]
    running = asyncio.create_task(client.run())
    await until(lambda: client.reason is not None and "20" in client.reason.message)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert client.reason is not None and "内存" in client.reason.zh


async def test_it_ends_with_its_hub(painter: PainterPool, request_: Paint) -> None:
    await painter.paint(request_)
    process = child(painter)
    (client,) = painter._running
    assert client._connection is not None
    await client._connection.close()
    await until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.01)


def test_each_view_has_signs_of_its_own(tmp_path: Path, request_: Paint) -> None:
    """Two desks take turns at one painter: the signs of one neither come to the other nor go with it."""
    from meshes.pipeline import build

    catalog = write_live_basin(tmp_path, url=None)
    built = build(catalog).generation.id
    painter = Painter(catalog, root=None, store=None)
    sign = Sign(name="云溪", detail="1.50 m", state="fresh")
    at = replace(request_, target=Target(generation=built, models=built))
    mine = replace(at, view="mine", signs=Signs(stations={STATION: sign}))
    other = replace(at, view="other", signs=Signs())

    def seen(request: Paint) -> set[str]:
        return {mark["id"] for mark in painter.paint(request).overlay["marks"] if mark["state"]}

    try:
        for _ in range(2):
            assert (seen(mine), seen(other)) == ({STATION}, set())
        assert (seen(replace(mine, signs=None)), seen(replace(other, signs=None))) == ({STATION}, set())
        painter.forget("other")
        assert seen(replace(mine, signs=None)) == {STATION}
    finally:
        painter.close()


async def test_labels_asked_for_after_a_still_do_not_overtake_it(
    painter: PainterPool, request_: Paint
) -> None:
    """A still is encoded for a while; older labels would come after newer ones, and stay."""
    order: list[str] = []
    large = replace(request_, size=(3000, 2000))
    cover = Cover(
        target=request_.target,
        view=request_.view,
        scene=request_.scene,
        viewport=request_.viewport,
        size=SIZE,
    )
    await painter.paint(request_)

    async def noted(name: str, answer: Awaitable[object]) -> None:
        await answer
        order.append(name)

    await asyncio.gather(noted("still", painter.paint(large)), noted("labels", painter.cover(cover)))
    assert order == ["still", "labels"]

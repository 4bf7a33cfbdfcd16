"""The stream draws when asked, the newest first, never more than the browser takes, and outlives errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from apps.painter.jpeg import Jpeg
from apps.painter.smoothing import SHIFTS
from apps.stream import frame_stream as module
from apps.stream.frame_stream import FrameStream
from layers.governor import FINE, MOVING, STILL, Sharpness


class Area:
    """Draws a grey that says how often something was asked for."""

    def __init__(self) -> None:
        self.asked = 0
        self.drawn: list[tuple[int, Sharpness]] = []
        self.samples: list[int | None] = []
        self.qualities: list[int] = []
        self.kept: list[int | None] = []
        self.fail = 0
        self.troubles: list[bool] = []
        self.hold: asyncio.Event | None = None
        self.overlays = 0
        self.hold_over: asyncio.Event | None = None
        self.paused_after: int | None = None
        self.on_draw: Callable[[], object] = lambda: None
        self.on_begin: Callable[[], object] = lambda: None
        self.begun = 0
        self.withdrawn = asyncio.Event()
        #: Samples that are lost with their painter, each once.
        self.lost: list[int] = []

    async def draw(
        self,
        sharpness: Sharpness,
        *,
        sample: int | None = None,
        keep: bool = False,
        jpeg: bool = True,
        quality: int = 0,
    ) -> tuple[Jpeg | None, dict[str, Any]] | None:
        self.on_begin()
        self.begun += self.hold is not None
        if self.hold is not None and (self.paused_after is None or len(self.drawn) >= self.paused_after):
            self.withdrawn.clear()
            waits = [asyncio.ensure_future(event.wait()) for event in (self.hold, self.withdrawn)]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
            if self.withdrawn.is_set():
                return None
        if keep and sample in self.lost:
            self.lost.remove(sample)
            return None
        if self.fail:
            self.fail -= 1
            raise RuntimeError("no picture")
        self.drawn.append((self.asked, sharpness))
        self.samples.append(sample)
        self.qualities.append(quality)
        if keep:
            self.kept.append(sample)
        self.on_draw()
        return (Jpeg(b"a picture", 30, 20) if jpeg else None), {"asked": self.asked}

    async def over(self) -> dict[str, Any]:
        self.overlays += 1
        if self.hold_over is not None:
            await self.hold_over.wait()
        return {"overlay": "new labels"}

    def withdraw(self) -> None:
        self.withdrawn.set()


class Browser:
    """Takes frames; confirms them at once, or when told."""

    def __init__(self, stream: FrameStream, *, prompt: bool = True) -> None:
        self.frames: list[tuple[bytes, dict[str, Any]]] = []
        self.prompt = prompt
        self.stream = stream
        self.arrived = asyncio.Condition()
        stream.set_push_callback(self.take)

    def take(self, content: bytes, meta: dict[str, Any]) -> None:
        self.frames.append((content, meta))
        if self.prompt and "n" in meta:
            self.stream.acknowledge(meta["n"])

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                await asyncio.sleep(0.005)


@pytest.fixture
async def area() -> Area:
    return Area()


@pytest.fixture
async def stream(area: Area, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FrameStream]:
    monkeypatch.setattr(module, "RETRY_S", 0.01)
    it = FrameStream(area, on_trouble=area.troubles.append)
    yield it
    await it.close()


async def test_a_still_is_smoothed_and_then_nothing_more_is_drawn(stream: FrameStream, area: Area) -> None:
    browser = Browser(stream)
    stream.schedule_render()
    await browser.until(lambda: len(browser.frames) == 2)
    for _ in range(20):
        await asyncio.sleep(0)
    assert area.samples == [0, 0, 1, 2, 3]
    assert area.kept == list(range(len(SHIFTS))), "the first, coarser one is not in the mean"
    assert [sharpness for _, sharpness in area.drawn] == [STILL, FINE, FINE, FINE, FINE]
    assert [meta["still"] for _, meta in browser.frames] == [True, True]


async def test_what_arrives_for_the_fine_picture_does_not_bring_the_coarser_one_back(
    stream: FrameStream, area: Area
) -> None:
    """They want different tiles: taking turns, neither would ever have all of its own."""
    browser = Browser(stream)
    area.on_draw = lambda: stream.schedule_render() if len(area.drawn) in (2, 4) else None
    stream.schedule_render()
    await browser.until(lambda: any(meta.get("smooth") for _, meta in browser.frames))
    assert [sharpness for _, sharpness in area.drawn] == [STILL, *[FINE] * (len(area.drawn) - 1)]
    assert area.kept[-4:] == [0, 1, 2, 3], "the smooth picture is of four that nothing came between"
    stream.move()
    await browser.until(lambda: area.drawn[-1][1] == FINE and any(s in MOVING for _, s in area.drawn))
    moved = [sharpness for _, sharpness in area.drawn if sharpness != FINE]
    assert moved == [STILL, MOVING[0], STILL], "after a movement the first picture is quick again"


def test_no_moving_frame_waits_for_tiles() -> None:
    assert not any(step.waits for step in MOVING)
    assert STILL.waits
    assert FINE.waits


async def test_a_movement_ends_the_smoothing(stream: FrameStream, area: Area) -> None:
    browser = Browser(stream)
    area.hold, area.paused_after = asyncio.Event(), 2
    stream.schedule_render()
    await browser.until(lambda: len(area.drawn) == 2)
    stream.move()
    area.hold.set()
    await browser.until(lambda: any(sharpness in MOVING for _, sharpness in area.drawn))
    await browser.until(lambda: len(browser.frames) == 4)
    assert [meta["still"] for _, meta in browser.frames] == [True, False, True, True]


async def test_a_still_that_waits_for_a_painter_gives_way_to_a_movement(
    stream: FrameStream, area: Area
) -> None:
    """A moving frame waits less than a still does: whoever moves goes first."""
    browser = Browser(stream)
    area.hold = asyncio.Event()
    stream.schedule_render()
    await asyncio.sleep(0.01)
    stream.move()
    await browser.until(area.withdrawn.is_set)
    area.hold.set()
    await browser.until(lambda: bool(browser.frames) and browser.frames[-1][1]["smooth"])
    assert [sharpness for _, sharpness in area.drawn] == [MOVING[0], STILL, *[FINE] * 4]


async def test_a_change_while_a_sample_waits_begins_the_still_anew(stream: FrameStream, area: Area) -> None:
    browser = Browser(stream)
    area.hold, area.paused_after = asyncio.Event(), 3
    stream.schedule_render()
    await browser.until(lambda: len(area.drawn) == 3)
    await asyncio.sleep(0.01)
    area.asked = 1
    stream.schedule_render()
    area.hold.set()
    await browser.until(lambda: bool(browser.frames) and browser.frames[-1][1]["smooth"])
    assert [asked for asked, _ in area.drawn] == [0, 0, 0, 1, 1, 1, 1]
    assert area.samples[3:] == [0, 1, 2, 3]


async def test_a_change_before_its_frame_is_begun_costs_no_frame(stream: FrameStream, area: Area) -> None:
    """The frame is of the scene as it is when a painter takes it."""
    browser = Browser(stream)
    area.hold = asyncio.Event()
    stream.schedule_render()
    await asyncio.sleep(0.01)
    for area.asked in range(1, 10):
        stream.schedule_render()
    stream.begun()
    area.hold.set()
    await browser.until(lambda: bool(browser.frames) and browser.frames[-1][1]["smooth"])
    assert area.drawn == [(9, STILL), *[(9, FINE)] * 4]


async def test_samples_that_are_lost_with_their_painter_begin_anew(stream: FrameStream, area: Area) -> None:
    browser = Browser(stream)
    area.lost = [2]
    stream.schedule_render()
    await browser.until(lambda: bool(browser.frames) and browser.frames[-1][1]["smooth"])
    assert area.samples == [0, 0, 1, 0, 1, 2, 3] and area.kept == [0, 1, 0, 1, 2, 3]
    assert area.troubles == []


async def test_a_movement_is_followed_by_a_full_still(stream: FrameStream, area: Area) -> None:
    browser = Browser(stream)
    stream.move()
    await browser.until(lambda: bool(browser.frames) and browser.frames[-1][1]["still"])
    assert [sharpness for _, sharpness in area.drawn][:2] == [MOVING[0], STILL]
    assert [meta["still"] for _, meta in browser.frames][:2] == [False, True]


async def test_requests_that_pile_up_melt_into_the_newest(stream: FrameStream, area: Area) -> None:
    browser = Browser(stream)
    area.hold = asyncio.Event()
    stream.schedule_render()
    await asyncio.sleep(0.01)
    for area.asked in range(1, 101):
        stream.schedule_render()
    area.hold.set()
    await browser.until(lambda: bool(browser.frames) and browser.frames[-1][1]["asked"] == 100)
    assert len({asked for asked, _ in area.drawn}) <= 2


async def test_a_browser_that_does_not_confirm_gets_two_frames_and_no_more(
    stream: FrameStream, area: Area
) -> None:
    browser = Browser(stream, prompt=False)
    for _ in range(10):
        stream.move()
        await asyncio.sleep(0.01)
    assert len(browser.frames) == 2
    stream.acknowledge(browser.frames[0][1]["n"])
    await browser.until(lambda: len(browser.frames) == 3)


async def test_a_new_browser_gets_a_picture_though_the_old_one_never_confirmed(stream: FrameStream) -> None:
    browser = Browser(stream, prompt=False)
    for _ in range(3):
        stream.schedule_render()
        await asyncio.sleep(0.01)
    before = len(browser.frames)
    stream.reset()
    await browser.until(lambda: len(browser.frames) > before)


async def test_an_exception_spoils_one_frame_and_not_the_stream(
    stream: FrameStream, area: Area, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Browser(stream)
    area.fail = 3
    for _ in range(4):
        failures = stream.failures
        stream.schedule_render()
        await browser.until(lambda seen=failures: stream.failures > seen or bool(browser.frames))  # type: ignore[misc]
    await browser.until(lambda: bool(browser.frames))
    assert stream.failures == 3
    await browser.until(lambda: area.troubles == [True, False])
    assert "a frame failed" in caplog.text


async def test_a_movement_that_is_known_to_end_is_followed_by_a_still_at_once(
    stream: FrameStream, area: Area
) -> None:
    browser = Browser(stream)
    stream.motion.keep_going(3600.0)
    stream.move()
    await browser.until(lambda: bool(browser.frames))
    assert not browser.frames[-1][1]["still"]
    area.hold = asyncio.Event()
    stream.move()  # one more that waits for a painter
    stream.rest()
    area.hold.set()
    await browser.until(lambda: browser.frames[-1][1]["still"])
    assert [meta["still"] for _, meta in browser.frames[:2]] == [False, True]


async def test_frames_are_numbered_in_the_order_they_arrive(stream: FrameStream) -> None:
    browser = Browser(stream)
    for _ in range(20):
        stream.move()
        await asyncio.sleep(0.002)
    await browser.until(lambda: bool(browser.frames) and browser.frames[-1][1]["still"])
    numbers = [meta["n"] for _, meta in browser.frames]
    assert numbers == sorted(set(numbers))


async def test_changed_labels_go_out_alone_while_the_picture_rests(stream: FrameStream, area: Area) -> None:
    browser = Browser(stream)
    stream.schedule_render()
    await browser.until(lambda: any(meta.get("smooth") for _, meta in browser.frames))
    drawn = len(area.drawn)
    await stream.relabel()
    content, meta = browser.frames[-1]
    assert (content, meta) == (b"", {"overlay": "new labels", "type": "overlay"})
    assert len(area.drawn) == drawn


async def test_while_a_painter_is_slow_labels_are_asked_for_once_and_once_more(
    stream: FrameStream, area: Area
) -> None:
    """Ages go on once a second, whatever a painter takes."""
    browser = Browser(stream)
    stream.schedule_render()
    await browser.until(lambda: any(meta.get("smooth") for _, meta in browser.frames))
    area.hold_over, before = asyncio.Event(), area.overlays
    first = asyncio.create_task(stream.relabel())
    await asyncio.sleep(0)
    for _ in range(5):
        await stream.relabel()
    area.hold_over.set()
    await first
    assert area.overlays - before == 2


async def test_changed_labels_wait_for_the_frame_that_is_on_its_way(stream: FrameStream, area: Area) -> None:
    browser = Browser(stream)
    area.hold = asyncio.Event()
    stream.schedule_render()
    await stream.relabel()
    assert browser.frames == []
    area.hold.set()
    await browser.until(lambda: any(meta.get("smooth") for _, meta in browser.frames))
    assert all(content for content, _ in browser.frames)


async def test_labels_of_a_scene_whose_still_is_being_drawn_come_after_it(
    stream: FrameStream, area: Area
) -> None:
    """They came before it: a wall's forecast stood without its mark until the present's picture came."""
    browser = Browser(stream)
    stream.schedule_render()
    await browser.until(lambda: any(meta.get("smooth") for _, meta in browser.frames))
    area.on_begin, area.hold = stream.begun, asyncio.Event()
    begun = len(browser.frames)
    stream.schedule_render()
    await browser.until(lambda: area.begun == 1)
    await stream.relabel()
    assert len(browser.frames) == begun
    area.hold.set()
    await browser.until(lambda: any(meta.get("type") == "overlay" for _, meta in browser.frames))
    kinds = [meta["type"] for _, meta in browser.frames[begun:]]
    assert kinds[0] == "image/jpeg" and kinds.count("overlay") == 1


async def test_over_a_slow_line_a_light_picture_comes_first(stream: FrameStream, area: Area) -> None:
    browser = Browser(stream)
    stream.join(25_000.0)
    await browser.until(lambda: any(meta["smooth"] for _, meta in browser.frames))
    assert [meta["still"] for _, meta in browser.frames][:2] == [False, True]
    assert area.drawn[0][1].scale < MOVING[0].scale
    assert all(0 < quality < 90 for quality in area.qualities[:2])
    assert browser.frames[0][1]["slow"]


async def test_over_a_quick_line_pictures_are_whole(stream: FrameStream, area: Area) -> None:
    browser = Browser(stream)
    stream.join(5e6)
    await browser.until(lambda: any(meta["smooth"] for _, meta in browser.frames))
    assert [meta["still"] for _, meta in browser.frames] == [True, True]
    assert set(area.qualities) == {0}

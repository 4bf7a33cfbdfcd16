"""A picture to keep waits for its tiles, says which it lacks, and is one of a few at once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from apps.hub.rest import declared
from apps.hub.rest.problems import TooBusyError
from apps.hub.rest.still_pictures import MOST_AT_ONCE, MOST_WAITING, Still, StillPictures
from apps.painter.errors import PainterGoneError
from apps.painter.jpeg import Jpeg
from apps.painter.messages import Paint, Target
from apps.painter.painter import burnt
from apps.painter.pool import Painted
from layers.labels.overlay import Overlay, ScaleBar
from layers.labels.signs import NO_SIGNS
from tests.apps.flat import SCENE
from tests.apps.hub.rest.conftest import STREAM
from tests.apps.hub.rest.rest_hub import RestHub

TARGET = Target(generation="g", models="g", sees="public")


class Pool:
    """A pool whose pictures lack tiles until ``whole`` of them were drawn; it may fall after a number."""

    def __init__(self, *, whole: int = 0, falls: int = 0) -> None:
        self.whole, self.falls = whole, falls
        self.arrivals: dict[str, Callable[[], None]] = {}
        self.asked: list[Paint] = []
        self.forgotten: list[str] = []
        self.held = asyncio.Event()
        self.held.set()

    async def paint(self, request: Paint) -> Painted:
        await self.held.wait()
        self.asked.append(request)
        jpeg = Jpeg(b"picture", width=64, height=64) if request.jpeg else None
        complete = len(self.asked) > self.whole and not request.lacking
        return Painted(jpeg, {}, "", complete)

    async def paint_newest(self, view: str, make: Callable[[], Paint], **order: Any) -> Painted | None:
        assert order["follows"] and view == make().view
        if self.falls and (make().sample or 0) == 2:
            self.falls -= 1
            return None
        return await self.paint(make())

    def forget(self, view: str) -> None:
        self.forgotten.append(view)


async def drawn(pool: Pool, stills: StillPictures | None = None, *, wait_s: float = 5.0) -> Still:
    return await (stills or StillPictures()).draw(
        pool,  # type: ignore[arg-type]
        TARGET,
        SCENE,
        signs=NO_SIGNS,
        size=(64, 64),
        kind="png",
        wait_s=wait_s,
    )


async def test_four_samples_make_a_picture_and_its_view_is_forgotten() -> None:
    pool = Pool()
    assert (await drawn(pool)).complete
    assert [(one.sample, one.jpeg, one.burn) for one in pool.asked] == [(k, k == 3, "png") for k in range(4)]
    assert pool.forgotten == [pool.asked[0].view]


async def test_it_is_drawn_anew_when_tiles_arrive() -> None:
    pool = Pool(whole=2)
    picture = asyncio.create_task(drawn(pool, wait_s=60.0))
    while len(pool.asked) < 3:
        await asyncio.sleep(0)
        for call in tuple(pool.arrivals.values()):
            call()
    assert (await picture).complete
    assert [one.sample for one in pool.asked] == [0, 0, 0, 1, 2, 3]


async def test_after_its_time_it_is_drawn_without_and_says_so() -> None:
    pool = Pool(whole=1000)
    assert not (await drawn(pool, wait_s=0.0)).complete
    assert [one.lacking for one in pool.asked] == [False, True, True, True]


async def test_samples_that_fell_with_their_painter_are_drawn_anew() -> None:
    pool = Pool(falls=1)
    assert (await drawn(pool)).complete
    assert [one.sample for one in pool.asked] == [0, 1, 0, 1, 2, 3]
    with pytest.raises(PainterGoneError):
        await drawn(Pool(falls=99))


async def test_a_few_are_drawn_some_wait_and_more_are_refused() -> None:
    pool, stills = Pool(), StillPictures()
    pool.held.clear()
    many = [asyncio.create_task(drawn(pool, stills)) for _ in range(MOST_AT_ONCE + MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(TooBusyError):
        await drawn(pool, stills)
    pool.held.set()
    await asyncio.gather(*many)
    assert max(len({one.view for one in pool.asked[k : k + 2]}) for k in range(len(pool.asked))) <= 2
    assert (await drawn(pool, stills)).complete


def test_a_picture_that_lacks_tiles_says_so_in_words() -> None:
    scale = ScaleBar(share=0.1, length_m=1000.0, text="1 km")
    overlay = Overlay(labels=(), marks=(), north_deg=0.0, scale=scale, synthetic=None, mode="live")
    blank = np.full((360, 640, 3), 128, np.uint8)
    whole, lacking = (burnt(blank, overlay, complete=complete) for complete in (True, False))
    rows, cols = np.nonzero((whole != lacking).any(axis=2))
    assert rows.size > 500 and rows.max() < 60 and 150 < cols.min() < cols.max() < 490


def test_slow_questions_hold_neither_each_other_nor_the_hub(
    rest: RestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apps.hub.rest import observation_operations as operations

    monkeypatch.setattr(declared, "WORK_S", 1.5)
    free, begun = threading.Event(), threading.Semaphore(0)

    def slow(*_: object) -> object:
        begun.release()
        free.wait(20)
        raise AssertionError

    monkeypatch.setattr(operations, "_page", slow)
    with ThreadPoolExecutor(declared.WORKERS) as threads:
        asked = [
            threads.submit(rest.get, "/observations", datastream=STREAM) for _ in range(declared.WORKERS)
        ]
        assert all(begun.acquire(timeout=10) for _ in asked)
        started = time.monotonic()
        assert rest.get("/water", level_m=150).status == 200
        assert time.monotonic() - started < 1.0
        replies = [one.result() for one in asked]
        assert [(reply.status, reply.json["code"]) for reply in replies] == [(503, "too-slow")] * len(asked)
        assert replies[0].headers["Retry-After"]
        free.set()
    assert rest.get("/water", level_m=150).status == 200

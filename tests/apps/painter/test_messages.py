"""What hub and painter send each other arrives as it was, and nothing that is not whole is taken."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from apps.painter.errors import PainterMessageError
from apps.painter.messages import (
    Asked,
    Cover,
    Describe,
    Forget,
    Paint,
    Pick,
    Picked,
    Reply,
    Request,
    Target,
    as_line,
    read_reply,
    read_request,
)
from apps.painter.viewport import Viewport
from layers.governor import MOVING
from layers.labels.signs import Signs
from layers.labels.symbols import Sign
from layers.layer import LayerFacts, LegendEntry, StreamStatus
from tests.apps.flat import SCENE
from twin.errors import Reason
from twin.moment import Moment
from twin.scene import LayerState

TARGET = Target(generation="a", models="b")
THEN = Moment(
    mode="history",
    level_m=155.48,
    highest_m=155.59,
    valid_at=datetime(2025, 7, 28, 6, 30, tzinfo=UTC),
    run="flood-2025",
)
SIGNS = Signs(
    stations={"30500001": Sign(name="白河", detail="152.32 m", state="fresh", rank=2, tone="orange")},
    rain_mm={"30500002": (51.5, 0.75)},
    rain_mark="≈",
)
VIEWPORT = Viewport(width=1920.0, height=1080.5, panels=((0.0, 10.0, 200.0, 300.5),))
SIZE = (1920, 1080)

REQUESTS: tuple[Request, ...] = (
    Describe(target=TARGET),
    Paint(
        target=TARGET,
        view="desk",
        scene=SCENE.changed(moment=THEN, layers={"water": LayerState(opacity=0.4)}),
        signs=SIGNS,
        viewport=VIEWPORT,
        size=SIZE,
        sharpness=MOVING[0],
    ),
    Paint(
        target=TARGET,
        view="desk",
        scene=SCENE,
        viewport=VIEWPORT,
        size=SIZE,
        sharpness=MOVING[0],
        sample=0,
        keep=True,
        jpeg=False,
    ),
    Cover(target=TARGET, view="wall", scene=SCENE, signs=Signs(), viewport=VIEWPORT, size=SIZE),
    Pick(target=TARGET, view="desk", scene=SCENE, viewport=VIEWPORT, size=SIZE, x=0.25, y=1 / 3),
    Forget(view="desk"),
)

REPLIES = (
    Reply(),
    Reply(id=1, error=Reason("the flood is known below 160 m only", "水位超出")),
    Reply(id=2, picked=Picked(station="30500001", place=(1.0, 2.5, 3.25), building={"floors": 2})),
    Reply(id=3, picked=Picked()),
    Reply(
        id=4,
        layers=[
            LayerFacts(
                id="terrain",
                title={"zh": "地形", "en": "Terrain"},
                at_first=LayerState(visible=False),
                state="broken",
                reason=Reason("empty"),
                legend=(LegendEntry(colour="#ffffff", text={"zh": "雪", "en": "snow"}),),
                streaming=StreamStatus(tiles=3, error_px=2.5),
            )
        ],
    ),
)


def stream(*lines: bytes, limit: int = 2**16) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=limit)
    for line in lines:
        reader.feed_data(line)
    reader.feed_eof()
    return reader


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda it: type(it).__name__)
async def test_a_request_arrives_as_it_was_sent(request_: Request) -> None:
    asked = Asked(id=7, request=request_)
    reader = stream(as_line(asked))
    assert await read_request(reader) == asked
    assert await read_request(reader) is None


@pytest.mark.parametrize("reply", REPLIES, ids=lambda it: str(it.id))
async def test_a_reply_arrives_as_it_was_sent(reply: Reply) -> None:
    assert await read_reply(stream(as_line(reply))) == (reply, b"")


async def test_a_picture_may_hold_any_bytes() -> None:
    picture = bytes(range(256)) * 3
    first, second = Reply(id=1, size=(2, 2), nbytes=len(picture)), Reply(id=2)
    reader = stream(as_line(first), picture, as_line(second))
    assert await read_reply(reader) == (first, picture)
    assert await read_reply(reader) == (second, b"")


@pytest.mark.parametrize(
    "line",
    [b"\n", b"[]\n", b'{"id": 1}\n', b'{"id": 1, "request": {"ask": "quit"}}\n', b'{"id": 1, "id\n'],
)
async def test_what_is_no_request_is_refused_with_one_line(line: bytes) -> None:
    with pytest.raises(PainterMessageError) as refused:
        await read_request(stream(line))
    assert "\n" not in str(refused.value)


async def test_a_message_without_end_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(PainterMessageError, match="longer"):
        await read_request(stream(b"x" * 5000, limit=1000))


async def test_half_a_picture_is_the_end() -> None:
    assert await read_reply(stream(as_line(Reply(id=1, nbytes=100)), b"x" * 99)) is None

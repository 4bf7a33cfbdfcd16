"""What waits for a browser is bounded: the newest picture, each key's newest value, the answers."""

from __future__ import annotations

import asyncio
from typing import Any

import msgpack
import pytest

from apps.hub.calls import as_answer
from apps.hub.outbox import MOST_ANSWERS, STATE, Outbox
from apps.stream.scene_protocol import TOPIC


def _picture(number: int, *, seen: float | None = None) -> dict[str, Any]:
    return {"meta": {"type": "image/jpeg", "n": number, "seen": seen}, "content": bytes(1000)}


async def _all(outbox: Outbox) -> list[tuple[str, Any]]:
    """Everything that waits, in the order it is sent: topic or id, and content."""
    found = []
    while True:
        try:
            async with asyncio.timeout(0.01):
                message = msgpack.unpackb((await outbox.next())[12:])
        except TimeoutError:
            return found
        id_ = message["id"]
        found.append((id_.split(":")[1] if id_.startswith("publish:") else id_, message["result"]))


async def test_the_newest_picture_replaces_one_that_waits() -> None:
    outbox = Outbox()
    for number in range(1, 1001):
        outbox.publish(TOPIC, _picture(number))
    [(_, only)] = await _all(outbox)
    assert only["meta"]["n"] == 1000


async def test_a_picture_has_the_oldest_cause_of_those_it_replaces() -> None:
    outbox = Outbox()
    for number, seen in enumerate((None, 5.0, 6.0, None), start=1):
        outbox.publish(TOPIC, _picture(number, seen=seen))
    [(_, only)] = await _all(outbox)
    assert (only["meta"]["n"], only["meta"]["seen"]) == (4, 5.0)


async def test_no_state_is_lost_however_much_of_it_waits() -> None:
    outbox = Outbox()
    for k in range(1000):
        outbox.publish(STATE, {f"key{k % 10}": k, "last": k})
    [(topic, merged)] = await _all(outbox)
    assert topic == STATE and merged["last"] == 999
    assert {merged[f"key{k}"] for k in range(10)} == set(range(990, 1000))


async def test_an_overlay_of_a_picture_that_was_replaced_goes_with_it() -> None:
    outbox = Outbox()
    outbox.publish(TOPIC, _picture(1))
    outbox.publish(TOPIC, {"meta": {"type": "overlay", "overlay": "of 1"}})
    outbox.publish(TOPIC, _picture(2))
    outbox.publish(TOPIC, {"meta": {"type": "overlay", "overlay": "of 2"}})
    assert [(meta["type"], meta.get("overlay")) for meta in (c["meta"] for _, c in await _all(outbox))] == [
        ("image/jpeg", None),
        ("overlay", "of 2"),
    ]


async def test_answers_keep_their_order_and_none_is_dropped() -> None:
    outbox = Outbox()
    for k in range(3):
        outbox.answer(as_answer(f"rpc:{k}", k))
        outbox.publish(TOPIC, _picture(k))
    assert [id_ for id_, _ in await _all(outbox) if id_.startswith("rpc")] == ["rpc:0", "rpc:1", "rpc:2"]
    assert not outbox.overfull


async def test_more_answers_than_a_page_asks_for_are_noticed() -> None:
    outbox = Outbox()
    answer = as_answer("rpc:1", bytes(1000))
    for _ in range(MOST_ANSWERS // len(answer) + 1):
        assert not outbox.overfull
        outbox.answer(answer)
    assert outbox.overfull
    await outbox.next()
    assert not outbox.overfull


async def test_what_is_sent_next_is_waited_for() -> None:
    outbox = Outbox()
    waiting = asyncio.create_task(outbox.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    outbox.answer(b"answer")
    assert await waiting == b"answer"


@pytest.mark.parametrize("value", [object(), 2**70])
async def test_what_cannot_be_packed_raises_where_it_is_packed(value: Any) -> None:
    with pytest.raises((TypeError, OverflowError)):
        as_answer("rpc:1", value)

"""Messages of a real broker: taken once they are durable, and none is lost while somebody is away."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import aiomqtt
import pytest

from tests.twin.stations.broker import Broker
from tests.twin.stations.feeds.memory import Kept, gate, running, until
from tests.twin.stations.nets import network
from twin.stations.feeds.base import FeedError
from twin.stations.feeds.mqtt import MqttMessages, MqttSpec
from twin.store import StoreError

NETWORK = network()
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)


def feed(broker: Broker, protocol: str = "5") -> MqttMessages:
    spec = MqttSpec.model_validate(
        {
            "id": "mqtt",
            "title": {"zh": "消息", "en": "messages"},
            "driver": "mqtt",
            "stations": "stations",
            "host": "127.0.0.1",
            "port": broker.port,
            "topics": ["stations/+/level"],
            "protocol": protocol,
            "client_id": "twin-test",
            "map": {"items": "[@]", "station": "s", "property": "'level'", "value": "v", "time": "t"},
        }
    )
    return MqttMessages(spec, zone=ZoneInfo("Asia/Shanghai"))


async def say(broker: Broker, *numbers: int, raw: bytes | None = None, qos: int = 1) -> None:
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        for k in numbers:
            at = START + k * timedelta(minutes=5)
            payload = json.dumps({"s": "31000001", "v": 1.0 + k / 100, "t": at.isoformat()})
            await client.publish("stations/31000001/level", payload, qos=qos)
        if raw is not None:
            await client.publish("stations/31000001/level", raw, qos=qos)


async def subscribed(broker: Broker, kept: Kept) -> None:
    """Say a message again and again until it is taken: a feed has subscribed."""
    async with asyncio.timeout(20):
        while not kept.rows:
            await say(broker, 0)
            await asyncio.sleep(0.05)


def told(*numbers: int) -> list[float]:
    return [pytest.approx(1.0 + k / 100) for k in numbers]


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
async def test_messages_are_taken_also_those_that_came_while_nobody_listened(
    broker: Broker, protocol: str
) -> None:
    await broker.start()
    intake, kept = gate(NETWORK)
    async with running(feed(broker, protocol), intake) as task:
        await subscribed(broker, kept)
        await say(broker, 1, 2)
        await until(lambda: len(kept.rows) == 3, task)
    await say(broker, 3, 4)
    async with running(feed(broker, protocol), intake) as task:
        await until(lambda: len(kept.rows) == 5, task)
    assert kept.values("31000001.level") == told(0, 1, 2, 3, 4)


async def test_a_message_that_could_not_be_kept_comes_again(broker: Broker) -> None:
    await broker.start()
    intake, kept = gate(NETWORK)
    async with running(feed(broker), intake) as task:
        await subscribed(broker, kept)
        kept.full = True
        await say(broker, 1)
        with pytest.raises(StoreError):
            await task
    kept.full = False
    async with running(feed(broker), intake) as task:
        await until(lambda: len(kept.rows) == 2, task)
    assert kept.values("31000001.level") == told(0, 1)


async def test_a_broker_that_goes_away_is_said_so_and_loses_nothing(broker: Broker) -> None:
    await broker.start()
    intake, kept = gate(NETWORK)
    async with running(feed(broker), intake) as task:
        await subscribed(broker, kept)
        broker.stop()
        with pytest.raises(FeedError, match=r"127\.0\.0\.1"):
            await task
    await broker.start()
    await say(broker, 1)
    async with running(feed(broker), intake) as task:
        await until(lambda: len(kept.rows) == 2, task)


async def test_a_message_that_is_none_is_refused_and_does_not_come_again(broker: Broker) -> None:
    await broker.start()
    intake, kept = gate(NETWORK)
    async with running(feed(broker), intake) as task:
        await subscribed(broker, kept)
        await say(broker, raw=b'{"s": "31000001", "v": NaN}')
        await say(broker, 1, raw=b"\xff\xfa")
        await until(lambda: len(kept.rows) == 2 and len(intake.refused("mqtt")) == 2, task)
        assert set(intake.refused("mqtt")) == {"not-finite", "not-utf-8"}


async def test_no_broker_is_one_line(broker: Broker) -> None:
    intake, _ = gate(NETWORK)
    with pytest.raises(FeedError, match=f"127.0.0.1:{broker.port}"):
        await feed(broker).run(intake)

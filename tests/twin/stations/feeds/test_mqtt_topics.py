"""Messages whose topic names the station and whose arrival is their time."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiomqtt
import pytest
from pydantic import ValidationError

from tests.twin.stations.broker import Broker
from tests.twin.stations.feeds.memory import gate, read_spec, running, until
from tests.twin.stations.nets import START, HandClocks, network
from twin.stations.feeds.mqtt import MqttMessages, MqttSpec, topic_pattern

NETWORK = network()
PLAIN = {
    "items": "[@]",
    "topic": "gauges/{station}/{property}",
    "value": "@",
    "time_of_arrival": True,
    "units": {"level": "cm"},
}


def told(port: int, map_: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "mqtt",
        "title": {"zh": "消息", "en": "messages"},
        "driver": "mqtt",
        "stations": "stations",
        "host": "127.0.0.1",
        "port": port,
        "topics": ["gauges/#"],
        "client_id": "twin-test",
        "map": map_,
    } | more


def feed(broker: Broker, map_: dict[str, Any] | None = None, **more: Any) -> tuple[MqttMessages, HandClocks]:
    clocks = HandClocks()
    spec = MqttSpec.model_validate(told(broker.port, map_ or PLAIN, **more))
    return MqttMessages(spec, zone=ZoneInfo("Asia/Shanghai"), clocks=clocks), clocks


async def say(broker: Broker, topic: str, payload: bytes | str, *, retain: bool = False) -> None:
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.publish(topic, payload, qos=1, retain=retain)


async def listening(broker: Broker, done: Any) -> None:
    """Until the feed hears: what is said before it has subscribed reaches nobody."""
    async with asyncio.timeout(20):
        while not done():
            await say(broker, "gauges/nobody/level", "1")
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
async def test_plain_numbers_get_station_and_property_of_their_topic_and_their_time_of_arrival(
    broker: Broker, protocol: str
) -> None:
    await broker.start()
    messages, clocks = feed(broker, protocol=protocol)
    intake, kept = gate(NETWORK, clocks=clocks)
    async with running(messages, intake) as task:
        await listening(broker, lambda: intake.refused("mqtt"))
        clocks.pass_(60)
        await say(broker, "gauges/31000001/level", "152")
        await until(lambda: len(kept.rows) == 1, task)
    (row,) = kept.rows
    assert (row.datastream, row.value, row.phenomenon_at) == (
        "31000001.level",
        1.52,
        START + timedelta(seconds=60),
    )


async def test_what_the_broker_kept_has_no_time_of_arrival(broker: Broker) -> None:
    await broker.start()
    await say(broker, "gauges/31000001/level", "999", retain=True)
    messages, clocks = feed(broker)
    intake, kept = gate(NETWORK, clocks=clocks)
    async with running(messages, intake) as task:
        await until(lambda: "retained-no-time" in intake.refused("mqtt"), task)
    (refused,) = intake.listed_refusals("mqtt")
    assert (refused.station, kept.rows) == ("31000001", [])


async def test_a_retained_message_with_a_time_of_its_own_is_as_old_as_it_says(broker: Broker) -> None:
    await broker.start()
    map_ = {
        "items": "[@]",
        "topic": "gauges/{station}/level",
        "property": "'level'",
        "value": "v",
        "time": "t",
    }
    await say(broker, "gauges/31000001/level", '{"v": 1.5, "t": "2026/7/28 8:05"}', retain=True)
    messages, clocks = feed(broker, map_)
    intake, kept = gate(NETWORK, clocks=clocks)
    async with running(messages, intake) as task:
        await until(lambda: len(kept.rows) == 1, task)
    assert f"{kept.rows[0].phenomenon_at:%m-%dT%H:%M}" == "07-28T00:05"


async def test_with_time_of_arrival_nothing_waits_at_the_broker(broker: Broker) -> None:
    """A value of yesterday that had waited would come as one of now."""
    await broker.start()
    messages, clocks = feed(broker)
    intake, kept = gate(NETWORK, clocks=clocks)
    async with running(messages, intake):
        await listening(broker, lambda: intake.refused("mqtt"))
    await say(broker, "gauges/31000001/level", "999")
    before = intake.refused("mqtt")["unknown-station"]
    async with running(messages, intake) as task:
        await listening(broker, lambda: intake.refused("mqtt")["unknown-station"] > before)
        await say(broker, "gauges/31000001/level", "152")
        await until(lambda: len(kept.rows) == 1, task)
    assert kept.values("31000001.level") == [1.52]


async def test_gbk_and_a_topic_that_does_not_fit_are_told(broker: Broker) -> None:
    await broker.start()
    map_ = {
        "items": "[@]",
        "topic": "gauges/{station}/level",
        "property": '"要素"',
        "value": "v",
        "time_of_arrival": True,
        "properties": {"水位": "level"},
    }
    messages, clocks = feed(broker, map_, charset="GBK")
    intake, kept = gate(NETWORK, clocks=clocks)
    async with running(messages, intake) as task:
        await listening(broker, lambda: intake.refused("mqtt"))
        await say(broker, "gauges/31000001/level", '{"要素": "水位", "v": 1.5}'.encode("gbk"))
        await say(broker, "gauges/31000001/flow/now", b"1")
        await until(lambda: len(kept.rows) == 1 and "bad-topic" in intake.refused("mqtt"), task)
    assert kept.values("31000001.level") == [1.5]


@pytest.mark.parametrize(
    ("pattern", "topic", "found"),
    [
        ("rain/{station}/now", "rain/3051E010/now", {"station": "3051E010"}),
        ("a/+/{station}/{property}", "a/x/1/level", {"station": "1", "property": "level"}),
        ("{station}/#", "1/x/y", {"station": "1"}),
        ("site_{station}/Z", "site_1/Z", {"station": "1"}),
        ("rain/{station}/now", "rain/1/2/now", None),
        ("a.b/{station}", "axb/1", None),
    ],
)
def test_a_pattern_of_a_topic(pattern: str, topic: str, found: dict[str, str] | None) -> None:
    match = topic_pattern(pattern).fullmatch(topic)
    assert (match.groupdict() if match else None) == found


@pytest.mark.parametrize(
    ("map_", "words"),
    [
        ({"station": "s"}, "says twice what names the station"),
        ({"topic": "gauges/{station}"}, "says nowhere what names the property"),
        ({"topic": None}, "says nowhere what names the station"),
        ({"time": "t"}, "needs either time"),
        ({"time_of_arrival": False}, "needs either time"),
        ({"topic": "gauges/{code}/level"}, "no pattern of a topic"),
        ({"topic": "gauges/{station}/{station}"}, "no pattern of a topic"),
        ({"topic": "gauges/{station}{property}"}, "no pattern of a topic"),
    ],
)
def test_a_map_that_leaves_something_open_is_refused(map_: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        read_spec(told(1, {k: v for k, v in (PLAIN | map_).items() if v is not None}))

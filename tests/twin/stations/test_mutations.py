"""Spoilt messages: none crashes, none becomes an illegal value, each is counted by its reason."""

from __future__ import annotations

import json
import os
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.twin.stations.feeds.memory import Kept
from tests.twin.stations.nets import START, HandClocks, network
from twin.stations.feeds.document import DocumentError, parse_document
from twin.stations.feeds.json_map import JsonMap
from twin.stations.feeds.mapped_json import Mapper
from twin.stations.feeds.sl651.frame import Damage, Sl651Frame, Splitter
from twin.stations.feeds.sl651.message import read_message
from twin.stations.feeds.sl651.readings import readings
from twin.stations.feeds.sl651.reassembly import Assembler
from twin.stations.feeds.sl651.report_encoding import write_report
from twin.stations.feeds.sl651.times import MessageError
from twin.stations.model import Reading
from twin.stations.properties import PROPERTIES
from twin.stations.validation import Validation

MANY = 50_000 if os.environ.get("TWIN_ENDURANCE") == "1" else 1_500
NETWORK = network()
MAP = {"items": "rows", "station": "s", "property": "p", "value": "v", "time": "t", "unit": "u"}
TOKENS = (
    *(
        b"NaN",
        b"1e400",
        b"-Infinity",
        b"true",
        b'"12.5"',
        b"null",
        b"[]",
        b"{}",
        b"1" * 400,
        b"-0.0",
        b"1e-400",
    ),
    *(b"[" * 3000, b'{"v":1,"v":2}', b"\xff\xfe", b"\x00", b'"mm"', b'"kg"', b'"9999-12-31T00:00:00Z"'),
    *(b'"2026-02-30T00:00:00+08:00"', b'"1066-10-14T00:00:00Z"', b'"2026-07-28"', b'"\\ud800"'),
)


def document(luck: random.Random) -> bytes:
    rows = [
        {
            "s": luck.choice(list(NETWORK.stations)),
            "p": luck.choice(["level", "level", "rain", "ph", "flow"]),
            "v": round(luck.uniform(-5, 200), 3),
            "t": (START - timedelta(minutes=luck.randrange(5000))).isoformat(),
            "u": luck.choice(["m", "cm", "mm", "mm", None]),
        }
        for _ in range(luck.randrange(1, 4))
    ]
    return json.dumps({"rows": rows}).encode()


def frames(luck: random.Random) -> bytes:
    at = START - timedelta(hours=luck.randrange(1, 50))
    body = write_report(
        "0031000001",
        serial=luck.randrange(65536),
        sent_at=at,
        observed_at=at,
        values=[(0x39, luck.uniform(0, 99), 4, 3), (0x26, luck.uniform(0, 999), 3, 1)],
        rain_5min=(at, [luck.choice([None, 0.1, 2.0]) for _ in range(12)]),
    )
    one = Sl651Frame(station="0031000001", function=0x34, body=body).encode()
    return one * luck.randrange(1, 3)


def spoilt(data: bytes, luck: random.Random, tokens: tuple[bytes, ...]) -> bytes:
    for _ in range(luck.randrange(1, 4)):
        k = luck.randrange(len(data) + 1)
        match luck.randrange(6):
            case 0:
                data = data[:k] + bytes([luck.randrange(256)]) + data[k + 1 :]
            case 1:
                data = data[:k]
            case 2:
                data = data[k:]
            case 3:
                data += data[:k]
            case 4:
                end = min(len(data), k + luck.randrange(30))
                data = data[:k] + data[end:]
            case _:
                end = min(len(data), k + luck.randrange(8))
                data = data[:k] + luck.choice(tokens) + data[end:]
    return data


class World:
    """A gatekeeper before a store in memory, and what must hold of both."""

    def __init__(self) -> None:
        self.kept = Kept()
        self.clocks = HandClocks()
        self.gate = Validation(NETWORK, self._keep, clocks=self.clocks)
        self.stored = 0

    async def _keep(self, many: Any) -> Any:
        from twin.stations.store import Appended

        self.stored += len(many)
        for o in many:
            kind = PROPERTIES[NETWORK.datastreams[o.datastream].property]
            assert o.value is None or kind.lowest <= o.value <= kind.highest
            assert datetime(1950, 1, 1, tzinfo=UTC) <= o.phenomenon_at <= START + timedelta(hours=25)
            assert o.phenomenon_at <= START + timedelta(minutes=5) or o.reason == "future"
        return Appended(stored=tuple(many))

    async def deliver(self, found: list[Reading]) -> None:
        before = sum(self.gate.refused("f").values())
        receipt = await self.gate.deliver("f", found)
        assert receipt.accepted + receipt.refused == len(found)
        assert sum(self.gate.refused("f").values()) == before + receipt.refused


@pytest.mark.parametrize("seed", range(2))
async def test_spoilt_documents(seed: int) -> None:
    luck, world = random.Random(seed), World()
    mapper = Mapper(JsonMap.model_validate(MAP), zone=ZoneInfo("Asia/Shanghai"))
    refused = 0
    for _ in range(MANY // 2):
        data = document(luck)
        if luck.random() < 0.6:
            data = spoilt(data, luck, TOKENS)
        try:
            found = list(mapper.readings(parse_document(data)))
        except DocumentError as error:
            assert str(error) in {
                *(
                    "no-json",
                    "not-utf-8",
                    "not-finite",
                    "duplicate-key",
                    "no-items",
                    "too-large",
                    "bad-charset",
                ),
            }
            world.gate.refuse("f", str(error), data)
            refused += 1
            continue
        await world.deliver(found)
    assert refused > MANY / 20
    assert world.stored > MANY / 20
    assert all(r.message.isprintable() for r in world.gate.refusals("f"))


@pytest.mark.parametrize("seed", range(2))
async def test_spoilt_frames(seed: int) -> None:
    luck, world = random.Random(100 + seed), World()
    splitter, assembler, damaged, whole = Splitter(), Assembler(), 0, 0
    for _ in range(MANY // 2):
        data = frames(luck)
        if luck.random() < 0.8:
            data = spoilt(
                data, luck, (b"\x7e\x7e", b"\xff" * 20, b"\x7e\x7e\x01" + b"\x00" * 9 + b"\x0f\xff\x02")
            )
        for piece in splitter.feed(data):
            if isinstance(piece, Damage):
                damaged += 1
                world.gate.refuse("f", piece.reason, piece.data)
                continue
            body = assembler.take(piece)
            assert body is not None
            try:
                message = read_message(piece.station, piece.function, body)
            except MessageError as error:
                world.gate.refuse("f", str(error), body)
                continue
            whole += 1
            await world.deliver(list(readings(message, "31000001", NETWORK)))
    assert damaged > MANY / 20
    assert whole > MANY / 20

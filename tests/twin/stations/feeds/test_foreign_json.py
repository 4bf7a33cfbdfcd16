"""JSON as people's systems send it: its encoding, its times, its units; what is not certain is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.twin.stations.feeds.memory import gate, read_spec
from tests.twin.stations.nets import network
from twin.stations.feeds.document import DocumentError, parse_document
from twin.stations.feeds.json_map import JsonMap
from twin.stations.feeds.mapped_json import Mapper

ZONE = ZoneInfo("Asia/Shanghai")
NETWORK = network()
TEXT = '{"站": "密云", "水位": 152.3}'
DOCUMENT = {"站": "密云", "水位": 152.3}
MAP = {"items": "[@]", "station": "code", "property": "kind", "value": "v", "time": "at"}
EIGHT_FIVE = datetime(2026, 7, 1, 0, 5, tzinfo=UTC)
BASE = {"id": "f", "title": {"zh": "甲", "en": "a"}, "stations": "stations"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("header", [None, "utf-8", "gbk", "iso-8859-1", "nonsense"])
def test_a_byte_order_mark_wins(encoding: str, header: str | None) -> None:
    assert parse_document(TEXT.encode(encoding), header=header) == DOCUMENT


@pytest.mark.parametrize(
    ("encoding", "header"),
    [
        ("utf-8", None),
        ("utf-8", "UTF-8"),
        ("utf-8", '"utf8"'),
        ("utf-8", "ISO-8859-1"),  # what an old servlet says by default
        ("utf-8", "us-ascii"),
        ("utf-8", "utf8mb4"),
        ("gbk", "gbk"),
        ("gb2312", "GB2312"),
        ("gb18030", "cp936"),
        ("gb18030", "GB18030"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-16-be", "utf-16be"),
        ("utf-16-le", None),
        ("big5", "big5"),
    ],
)
def test_the_header_s_charset_is_heard(encoding: str, header: str | None) -> None:
    text = TEXT.replace("云", "雲") if encoding == "big5" else TEXT
    assert parse_document(text.encode(encoding), header=header) == json.loads(text)


def test_what_the_site_declares_wins_over_the_header() -> None:
    assert parse_document(TEXT.encode("gbk"), declared="gb18030", header="utf-8") == DOCUMENT


@pytest.mark.parametrize(
    ("data", "header", "why"),
    [
        (TEXT.encode("gbk"), None, "not-utf-8"),
        (TEXT.encode("gbk"), "utf-8", "not-utf-8"),
        (TEXT.encode("gbk"), "martian", "bad-charset"),
        (b"\x78\x9c", "zip", "bad-charset"),
        (b"cnfpny", "rot13", "no-json"),
        (b"\xff", "unicode_escape", "bad-charset"),
        (b"\xff\xfe1", None, "bad-charset"),
        (b"\x81", "gbk", "bad-charset"),
    ],
)
def test_bytes_of_another_encoding_are_refused(data: bytes, header: str | None, why: str) -> None:
    with pytest.raises(DocumentError, match=why):
        parse_document(data, header=header)


@given(st.binary(max_size=200), st.sampled_from([None, "gbk", "utf-16", "latin-1", "hz", "idna", "\0", "é"]))
def test_whatever_bytes_there_are_there_is_a_document_or_a_slug(data: bytes, header: str | None) -> None:
    try:
        parse_document(data, header=header)
    except DocumentError as error:
        assert str(error) in ("not-utf-8", "bad-charset", "no-json", "not-finite", "duplicate-key")


@pytest.mark.real
def test_the_case_of_a_byte_order_mark(shared: Path) -> None:
    found = parse_document((shared / "cases" / "http_bom.json").read_bytes())
    assert found["data"]["rows"][0]["v"] == 152.3


async def taken(map_: dict[str, Any], *items: dict[str, Any]) -> tuple[list[Any], dict[str, int]]:
    intake, kept = gate(NETWORK)
    mapper = Mapper(JsonMap.model_validate(MAP | {"items": "@"} | map_), zone=ZONE)
    await intake.deliver("f", list(mapper.readings(list(items))))
    return kept.rows, dict(intake.refused("f"))


def item(at: object = "2026-07-01T08:05:00+08:00", value: object = 1.5, **more: Any) -> dict[str, Any]:
    return {"code": "31000001", "kind": "level", "v": value, "at": at} | more


@pytest.mark.parametrize(
    "at",
    [
        1782864300,
        1782864300000,
        "2026/7/1 8:05",
        "20260701080500",
        "/Date(1782864300000+0800)/",
        "2026年7月1日8时5分",
    ],
)
async def test_times_of_other_systems_are_read(at: object) -> None:
    rows, refused = await taken({}, item(at))
    assert [row.phenomenon_at for row in rows] == [EIGHT_FIVE]
    assert refused == {}


async def test_a_time_that_could_be_two_needs_its_format() -> None:
    rows, refused = await taken({}, item("2026070108"), item("1/7/2026 8:05"), item("soon"))
    assert (rows, refused) == ([], {"ambiguous-time": 2, "bad-time": 1})
    rows, _ = await taken({"format": "%Y%m%d%H"}, item("2026070108"))
    assert [row.phenomenon_at for row in rows] == [datetime(2026, 7, 1, tzinfo=UTC)]


async def test_each_property_has_its_unit() -> None:
    map_ = {"properties": {"Z": "level", "Q": "flow"}, "units": {"level": "cm", "flow": "L/s"}, "text": True}
    rows, refused = await taken(map_, item(kind="Z", value=" １４８９５ "), item(kind="Q", value="2500"))
    assert {row.datastream: row.value for row in rows} == {"31000001.level": 148.95, "31000001.flow": 2.5}
    assert refused == {}


async def test_a_unit_that_the_map_names_and_an_item_lacks_is_refused() -> None:
    rows, refused = await taken({"unit": "u"}, item(), item(u=""), item(u="furlong/fortnight"), item(u="m"))
    assert len(rows) == 1
    assert refused == {"no-unit": 2, "bad-unit": 1}


async def test_codes_stay_the_text_they_are() -> None:
    rows, refused = await taken({}, item(code=" 31000001 "), item(code=31000001), item(code=31000001.0))
    assert [row.datastream for row in rows] == ["31000001.level"] * 2
    assert refused == {"unknown-station": 1}, "a fraction is no code"


@pytest.mark.parametrize(
    ("map_", "words"),
    [
        ({"unit": "'mm'", "properties": {"P": "rain", "Z": "level"}}, "unit is 'mm' for every property"),
        ({"unit": "'mm'"}, "unit is 'mm' for every property"),
        ({"unit": "'mm'", "property": "'flow'"}, "no unit of flow"),
        ({"unit": "u", "units": {"level": "m"}}, "keep one of them"),
        ({"units": {"level": "m³/s"}}, "no unit of level"),
        ({"units": {"levle": "m"}}, "did you mean 'level'"),
        ({"properties": {"Z": "levle"}}, "did you mean 'level'"),
        ({"format": "whenever"}, "no time format"),
        ({"time_of_arrival": True}, "time_of_arrival"),
    ],
)
def test_a_map_that_would_make_wrong_numbers_is_refused(map_: dict[str, Any], words: str) -> None:
    told = BASE | {"driver": "http", "url": "https://h/x", "map": MAP | map_}
    with pytest.raises(ValidationError, match=words):
        read_spec(told)


@pytest.mark.parametrize(
    "map_",
    [
        {"unit": "'mm'", "property": "'rain'"},
        {"unit": "'mm'", "properties": {"P": "rain"}},
        {"unit": "u", "properties": {"P": "rain", "Z": "level"}},
        {"units": {"level": "m", "rain": "毫米", "storage": "亿m³"}},
    ],
)
def test_a_map_whose_units_are_certain_is_read(map_: dict[str, Any]) -> None:
    assert read_spec(BASE | {"driver": "http", "url": "https://h/x", "map": MAP | map_}).map

"""What the manual of feeds shows can be copied; what must not stand in site.yaml is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from pydantic import ValidationError

from tests.twin.stations.feeds.memory import gate, read_spec
from tests.twin.stations.nets import HandClocks, network
from twin.catalog.entries import StationsEntry
from twin.catalog.site import Site
from twin.stations.feeds.base import FeedContext, FeedError, make_feed
from twin.stations.properties import PROPERTIES

MANUAL = (Path(__file__).parents[3] / "docs" / "feeds.md").read_text(encoding="utf-8")
BLOCKS = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)]


def test_the_examples_are_read() -> None:
    feeds = [read_spec(told) for block in BLOCKS for told in block.get("feeds", ())]
    site = Site.model_validate({"version": 1, **BLOCKS[1], **BLOCKS[2], "feeds": feeds})
    drivers = {"sl651", "sl323", "sensorthings", "mqtt", "http", "forecast"}
    assert {feed.driver for feed in site.feeds} == drivers
    entry = BLOCKS[0]["stations"]
    assert StationsEntry.model_validate(entry | {"id": "stations"}).datastreams == "datastreams.csv"


def test_every_property_is_named() -> None:
    for name in PROPERTIES:
        assert re.search(rf"\b{name}\b", MANUAL), name


BASE = {"id": "f", "title": {"zh": "甲", "en": "a"}, "stations": "stations"}
MAP = {"station": "s", "property": "p", "value": "v", "time": "t"}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"driver": "http", "url": "https://u:pw@h/x", "map": MAP}, "holds a password"),
        ({"driver": "http", "url": "ftp://h/x", "map": MAP}, "is no address"),
        ({"driver": "http", "url": "https://h/x", "map": MAP | {"value": "a["}}, "no JMESPath"),
        ({"driver": "http", "url": "https://h/x", "map": MAP, "token": "x"}, "token"),
        ({"driver": "mqtt", "host": "h", "topics": ["a/#/b"], "client_id": "c", "map": MAP}, "no MQTT topic"),
        ({"driver": "mqtt", "host": "h", "topics": [], "client_id": "c", "map": MAP}, "topics"),
        ({"driver": "sl323", "url_env": "postgresql://u:pw@h/x"}, "url_env"),
        ({"driver": "sl651", "port": 70_000}, "port"),
    ],
)
def test_what_is_wrong_is_refused(told: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        read_spec(BASE | told)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "fe80::1", "centre.example.org", "*", " "])
def test_sl651_beyond_this_machine_needs_a_password(host: str) -> None:
    told = BASE | {"driver": "sl651", "port": 5010, "host": host}
    with pytest.raises(ValidationError, match="without a password: name one in password_env"):
        read_spec(told)
    assert read_spec(told | {"password_env": "TWIN_PW"}).host == host


@pytest.mark.parametrize("host", [None, "127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_sl651_on_this_machine_needs_none(host: str | None) -> None:
    told = BASE | {"driver": "sl651", "port": 5010} | ({} if host is None else {"host": host})
    assert read_spec(told).host == (host or "127.0.0.1")


@pytest.mark.parametrize("password", ["0000", "12345", "123", "12G4", "0x12", " 123", "١٢٣٤"])
async def test_a_password_that_is_none_is_told(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_PW", password)
    spec = read_spec(BASE | {"driver": "sl651", "port": 0, "password_env": "TWIN_PW"})
    context = FeedContext(network=network(), zone=ZoneInfo("Asia/Shanghai"), clocks=HandClocks())
    feed = make_feed(spec, context)
    with pytest.raises(FeedError, match="TWIN_PW"):
        await feed.run(gate(network())[0])

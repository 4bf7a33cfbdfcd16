"""Feeds in ``site.yaml``: by which ways live values come in.

Secrets never stand in the file: only names of environment variables do.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from twin.catalog.maps import Charset, Expression, JsonMap, MqttMap, OurProperty, check_units
from twin.catalog.types import Names, Slug, Strict, Text

Port = Annotated[int, Field(ge=0, le=65_535)]
EnvName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
Address = Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{10}$")]
"""Of a station in SL 651: five bytes, the last two or all of them in hexadecimal digits."""
Seconds = Annotated[float, Field(gt=0, le=86_400)]


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is none
        whole = False
    if not whole or re.search(r"[\s\x00-\x1f]", value):
        raise ValueError("is no address; write it like https://host/path")
    if parts.username or parts.password:
        raise ValueError("holds a password: put it into an environment variable and name that in token_env")
    return value


def _topic(value: str) -> str:
    if re.search(r"[^/]#|#.|[^/]\+|\+[^/]", value):
        raise ValueError("is no MQTT topic: + and # stand for whole levels, # for the last ones")
    return value


def is_loopback(host: str) -> bool:
    """Whether a host to listen on is reached from this machine only; a name other than localhost is not."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


Url = Annotated[str, AfterValidator(_url), Field(max_length=500)]


class Feed(Strict):
    """What every feed says of itself."""

    id: Slug
    title: Names
    stations: Slug = Field(description="The catalog entry of kind 'stations' that the values belong to.")
    enabled: bool = True


class SampleFeed(Feed):
    """The synthetic basin's own stations: invented values, marked as such wherever they are shown."""

    way: Literal["sample"]


class Sl651Feed(Feed):
    """SL 651-2014 over TCP: stations connect to this centre.

    Whoever reaches the port can send values in a station's name, so beyond this machine a password is needed.
    """

    way: Literal["sl651"]
    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        max_length=200,
        description="Where to listen: 127.0.0.1 for this machine only, 0.0.0.0 or :: for every network.",
    )
    port: Port
    centre: int | None = Field(
        default=None,
        ge=1,
        le=255,
        description="Our address; where given, what is sent to another is refused.",
    )
    password_env: EnvName | None = Field(
        default=None, description="Holds four hexadecimal digits; needed where host is not this machine."
    )
    addresses: dict[Annotated[str, Field(pattern=r"^\d{10}$")], Text] = Field(
        default={}, description="A station's ten digits: our code; without it 00 and our code of eight."
    )

    level_bases: dict[Annotated[str, Field(pattern=r"^\d{10}$")], float] = Field(
        default={},
        description="A station's ten digits: the base of its relative stages (F5H), m; else learnt from its "
        "reports that also hold the whole stage.",
    )

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        if self.password_env is None and not is_loopback(self.host):
            raise ValueError(
                f"listens on {self.host} without a password: name one in password_env, or leave host out to "
                "listen on this machine only"
            )
        return self


class HttpFeed(Feed):
    """JSON polled from an address."""

    way: Literal["http"]
    url: Url
    every_s: Seconds = 60
    timeout_s: Seconds = 20
    token_env: EnvName | None = Field(default=None, description="Sent as 'Authorization: Bearer …'.")
    charset: Charset | None = None
    map: JsonMap


class SensorThingsFeed(Feed):
    """An OGC SensorThings 1.1 service, polled; what was missed while it was away is fetched afterwards."""

    way: Literal["sensorthings"]
    url: Url = Field(description="Up to and with the version: https://host/FROST-Server/v1.1")
    every_s: Seconds = 60
    timeout_s: Seconds = 20
    token_env: EnvName | None = None
    backfill_hours: float = Field(default=72, ge=0, le=8760)
    overlap_min: float = Field(
        default=180,
        ge=0,
        le=10_080,
        description="So far back each poll looks again for late and corrected values; once an hour it looks "
        "back as far as backfill_hours, three days at most.",
    )
    station: Expression = Field(default="name", description="Within a Thing: what names the station.")
    property: Expression = Field(
        default="ObservedProperty.name", description="Within a Datastream: what names the property."
    )
    properties: dict[Text, OurProperty] = Field(default={}, description="Their name of a property: ours.")
    units: dict[Text, Text] = Field(
        default={}, description="Our property: its unit, where theirs say none or a wrong one."
    )
    station_codes: dict[Text, Text] = Field(default={}, description="Their name of a station: our code.")

    @model_validator(mode="after")
    def _units_fit(self) -> Self:
        check_units(self.units)
        return self


class MqttFeed(Feed):
    """Messages of an MQTT broker; what comes while this program is away waits there."""

    way: Literal["mqtt"]
    host: str = Field(min_length=1, max_length=200)
    port: Port = 1883
    topics: Annotated[
        list[Annotated[str, AfterValidator(_topic), Field(max_length=200)]], Field(min_length=1)
    ]
    protocol: Literal["3.1.1", "5"] = "5"
    client_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    username_env: EnvName | None = None
    password_env: EnvName | None = None
    tls: bool = False
    charset: Charset | None = None
    map: MqttMap


class Sl323Feed(Feed):
    """The tables of a water office's database (SL 323-2011), polled, never written to."""

    way: Literal["sl323"]
    url_env: EnvName = Field(description="Holds the database's URL.")
    every_s: Seconds = 60
    overlap_min: float = Field(
        default=180,
        ge=0,
        le=10_080,
        description="So far back it is looked again for late and corrected rows.",
    )
    backfill_hours: float = Field(default=72, ge=0, le=8760)
    db_schema: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")] | None = None


AnyFeed = Annotated[
    SampleFeed | Sl651Feed | HttpFeed | SensorThingsFeed | MqttFeed | Sl323Feed, Field(discriminator="way")
]


def has_own_time(feed: AnyFeed) -> bool:
    """Whether the times of a feed's values are this machine's: such values say nothing of its clock."""
    return isinstance(feed, SampleFeed) or (isinstance(feed, MqttFeed) and feed.map.time_of_arrival)

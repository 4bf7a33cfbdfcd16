"""From what ``site.yaml`` declares to a feed that runs."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from twin.catalog.feeds import (
    AnyFeed,
    HttpFeed,
    MqttFeed,
    SampleFeed,
    SensorThingsFeed,
    Sl323Feed,
    Sl651Feed,
)
from twin.stations.clocks import Clocks
from twin.stations.feeds.base import Feed, FeedError
from twin.stations.intake import Intake
from twin.stations.network import Network

logger = logging.getLogger(__name__)

Newest = Callable[[str], datetime | None]
"""Up to when a datastream, by its id, was kept before; None where nothing of it is."""


def make_feed(spec: AnyFeed, network: Network, *, zone: ZoneInfo, clocks: Clocks, newest: Newest) -> Feed:
    """The feed of a declaration; nothing runs yet. One that lacks a secret says so when it is started."""
    try:
        return _made(spec, network, zone=zone, clocks=clocks, newest=newest)
    except FeedError as error:
        return _Unable(spec.id, error)


def _made(spec: AnyFeed, network: Network, *, zone: ZoneInfo, clocks: Clocks, newest: Newest) -> Feed:
    match spec:
        case SampleFeed():
            from twin.stations.feeds.sample import SampleStations  # noqa: PLC0415

            return SampleStations(spec.id, network, clocks=clocks, newest=newest)
        case Sl651Feed():
            from twin.stations.feeds.sl651.centre import Centre, CentreSettings  # noqa: PLC0415

            own = {f"{id_:>010}": id_ for id_ in network.stations if len(id_) <= 10}
            addresses = {digits.upper(): id_ for digits, id_ in (spec.addresses or own).items()}
            for digits, id_ in addresses.items():
                if id_ not in network.stations:
                    logger.warning(
                        "feed %s: addresses: %s names no station of ours: %s", spec.id, digits, id_
                    )
            settings = CentreSettings(
                stations=addresses,
                host=spec.host,
                port=spec.port,
                centre=spec.centre,
                password=_password(spec),
                level_bases_m={digits.upper(): base for digits, base in spec.level_bases.items()},
            )
            return Centre(spec.id, network, settings)
        case HttpFeed():
            from twin.stations.feeds.http import HttpPoll  # noqa: PLC0415

            return HttpPoll(spec, zone=zone, token=_secret(spec.token_env))
        case SensorThingsFeed():
            from twin.stations.feeds.sensorthings import SensorThings  # noqa: PLC0415

            return SensorThings(spec, network, zone=zone, clocks=clocks, token=_secret(spec.token_env))
        case MqttFeed():
            from twin.stations.feeds.mqtt import MqttMessages  # noqa: PLC0415

            username, password = _secret(spec.username_env), _secret(spec.password_env)
            return MqttMessages(spec, zone=zone, username=username, password=password, clocks=clocks)
        case Sl323Feed():
            from twin.stations.feeds.sl323 import Sl323Poll  # noqa: PLC0415

            url = _secret(spec.url_env)
            assert url is not None
            return Sl323Poll(spec, network, url=url, clocks=clocks)


class _Unable:
    """Stands in for a feed that cannot be made."""

    def __init__(self, feed_id: str, error: FeedError) -> None:
        self.id = feed_id
        self._error = error

    async def run(self, intake: Intake) -> None:
        raise self._error


def _secret(name: str | None) -> str | None:
    """What an environment variable holds; None where none is named. Raises FeedError where it is not set."""
    if name is None:
        return None
    value = os.environ.get(name)
    value = (value or "").rstrip("\r\n")  # a file that it was read from ends its line
    if not value:
        raise FeedError(f"the environment variable {name} is not set; site.yaml names it")
    if not value.isprintable():
        raise FeedError(f"the environment variable {name} holds a line's end or another control character")
    return value


def _password(spec: Sl651Feed) -> int | None:
    told = _secret(spec.password_env)
    if told is None:
        return None
    if not re.fullmatch(r"[0-9A-Fa-f]{4}", told):
        raise FeedError(f"{spec.password_env} does not hold four hexadecimal digits")
    if int(told, 16) == 0:
        raise FeedError(
            f"{spec.password_env} holds 0000, which stations without a password send: choose another"
        )
    return int(told, 16)

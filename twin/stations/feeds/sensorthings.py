"""Poll an OGC SensorThings 1.1 service.

Each poll looks back over the last hours again, and once an hour farther: a station that was away sends what
it kept after newer values are there, and values are corrected. What was handed over before is left out.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Literal, Self
from urllib.parse import quote, urljoin, urlsplit

from pydantic import Field, model_validator

from twin.catalog.feeds import EnvName, FeedSpec, Seconds, Url
from twin.catalog.types import Text
from twin.stations.clocks import Clocks
from twin.stations.feeds.base import Feed, FeedContext, FeedError
from twin.stations.feeds.document import DocumentError, parse_document
from twin.stations.feeds.json_map import Expression, OurProperty, check_units
from twin.stations.feeds.secrets import secret_of
from twin.stations.feeds.unsaid import Unsaid
from twin.stations.feeds.web import Fetcher
from twin.stations.intake import Intake
from twin.stations.model import Reading
from twin.stations.network import Network
from twin.written_time import UnreadTime, time_or_reason

PAGE = 1000
MOST_PAGES = 500
AT_ONCE = 8
MOST_TOLD = 1000
FAR_EVERY_S = 3600.0
FAR_H = 72.0
"""Once in so many seconds it is looked so many hours back, or ``backfill_hours`` where that is less."""


@dataclass(frozen=True)
class _Stream:
    """A datastream of theirs that is one of ours."""

    link: str
    station: str
    property: str
    unit: str | None


class SensorThingsSpec(FeedSpec):
    """OGC SensorThings 1.1 service, polled.

    What was missed while it was away is fetched afterwards.
    """

    driver: Literal["sensorthings"]
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

    def make(self, context: FeedContext) -> Feed:
        """Make the feed."""
        return SensorThings(
            self, context.network, zone=context.zone, clocks=context.clocks, token=secret_of(self.token_env)
        )


class SensorThings:
    """Feed that polls a SensorThings service."""

    def __init__(
        self,
        spec: SensorThingsSpec,
        network: Network,
        *,
        clocks: Clocks,
        zone: tzinfo = UTC,
        token: str | None = None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        import jmespath  # noqa: PLC0415

        self.id = spec.id
        self._spec, self._network, self._token, self._clocks = spec, network, token, clocks
        self._zone, self._clock_s = zone, clock_s
        self._station, self._property = jmespath.compile(spec.station), jmespath.compile(spec.property)
        self._seen: dict[str, datetime] = {}
        self._far_s: dict[str, float] = {}
        self._unsaid = Unsaid(clock_s=clock_s)
        self._strangers: set[tuple[str, str]] = set()

    async def run(self, intake: Intake) -> None:
        """Poll until cancelled.

        Raises FeedError where the service cannot be reached.
        """
        spec = self._spec
        async with Fetcher(spec.url, timeout_s=spec.timeout_s, token=self._token) as fetcher:
            streams, listed_s = await self._listed(fetcher, intake), self._clock_s()
            free = asyncio.Semaphore(AT_ONCE)

            async def follow(stream: _Stream) -> None:
                async with free:
                    await self._follow(stream, fetcher, intake)

            while True:
                try:
                    async with asyncio.TaskGroup() as tasks:
                        for stream in streams:
                            tasks.create_task(follow(stream))
                except ExceptionGroup as group:
                    raise group.exceptions[0] from None  # one line says it: they all fall for the same reason
                await asyncio.sleep(spec.every_s)
                if self._clock_s() - listed_s > FAR_EVERY_S:  # a station may be new there
                    streams, listed_s = await self._listed(fetcher, intake), self._clock_s()

    async def _listed(self, fetcher: Fetcher, intake: Intake) -> list[_Stream]:
        """Raises FeedError where nothing that they offer is ours."""
        streams = [stream async for stream in self._streams(fetcher, intake)]
        if not streams:
            raise FeedError("offers no datastream that is one of ours; look at station and property")
        return streams

    async def _streams(self, fetcher: Fetcher, intake: Intake) -> AsyncIterator[_Stream]:
        """Their datastreams that are ours."""
        url = f"{self._base}/Datastreams?$expand=Thing,ObservedProperty&$top={PAGE}"
        async for page in self._pages(url, fetcher, intake):
            for item in page:
                station, property_ = self._named(item)
                link = item.get("@iot.selfLink")
                if self._network.find(station, property_) is None or not isinstance(link, str):
                    self._tell_stranger(station, property_, intake)
                    continue
                unit = self._spec.units.get(property_) or _unit(item.get("unitOfMeasurement"))
                yield _Stream(self._own(link), station, property_, unit)

    def _tell_stranger(self, station: str, property_: str, intake: Intake) -> None:
        """Say once of a station of ours that something of it is not ours; foreign stations are many."""
        key = (station, property_)
        if (
            station in self._network.stations
            and key not in self._strangers
            and len(self._strangers) < MOST_TOLD
        ):
            self._strangers.add(key)
            intake.refuse(self.id, "unknown-property", f"the datastream {property_!r}", station=station)

    @property
    def _base(self) -> str:
        return self._spec.url.rstrip("/")

    def _own(self, link: str) -> str:
        """A link on the feed's own base, whatever host it names: many a service stands behind another name.

        So nothing else is ever asked, wherever a link leads. Raises FeedError for one that leads nowhere.
        """
        parts = urlsplit(urljoin(f"{self._base}/", link))
        found = re.search(r".*/(Datastreams\b[^\\\s]*)$", parts.path)
        if found is None or ".." in found[1]:
            raise FeedError(f"leads to another host ({parts.scheme}://{parts.netloc}), which is not followed")
        return f"{self._base}/{found[1]}" + (f"?{parts.query}" if parts.query else "")

    def _named(self, item: dict[str, Any]) -> tuple[str, str]:
        try:
            station = self._station.search(item.get("Thing"))
            property_ = self._property.search(item)
        except Exception:  # noqa: BLE001  (functions of JMESPath raise what they like on foreign data)
            return "", ""
        if not isinstance(station, str) or not isinstance(property_, str):
            return "", ""
        spec, station, property_ = self._spec, station.strip(), property_.strip()
        return spec.station_codes.get(station, station), spec.properties.get(property_, property_)

    def _since(self, stream: _Stream) -> tuple[datetime, bool]:
        """From which time on a datastream is looked at now, and whether that is the far look."""
        spec, seen = self._spec, self._seen.get(stream.link)
        farthest = self._clocks.now() - timedelta(hours=spec.backfill_hours)
        if seen is None:
            return farthest, True
        near = min(seen, self._clocks.now()) - timedelta(minutes=spec.overlap_min)
        if self._clock_s() - self._far_s.get(stream.link, 0.0) < FAR_EVERY_S:
            return near, False
        return min(near, max(farthest, self._clocks.now() - timedelta(hours=FAR_H))), True

    async def _follow(self, stream: _Stream, fetcher: Fetcher, intake: Intake) -> None:
        """Take what is new since the last look, and what is new further back."""
        since, far = self._since(stream)
        started_s = self._clock_s()
        told = quote(since.astimezone(UTC).isoformat().replace("+00:00", "Z"))
        url = (
            f"{stream.link}/Observations?$filter=phenomenonTime%20gt%20{told}"
            f"&$orderby=phenomenonTime%20asc&$top={PAGE}"
        )
        newest = self._seen.get(stream.link, since)
        async for page in self._pages(url, fetcher, intake):
            readings = [self._reading(stream, item) for item in page]
            await self._unsaid.deliver(intake, self.id, readings)
            times = [r.phenomenon_at for r in readings if isinstance(r.phenomenon_at, datetime)]
            newest = max([newest, *(min(at, self._clocks.now()) for at in times)])
            self._seen[stream.link] = newest
        self._seen[stream.link] = newest
        if far:
            self._far_s[stream.link] = started_s

    def _reading(self, stream: _Stream, item: dict[str, Any]) -> Reading:
        return Reading(
            station=stream.station,
            property=stream.property,
            value=item.get("result"),
            phenomenon_at=_end(item.get("phenomenonTime"), self._zone),
            unit=stream.unit,
        )

    async def _pages(self, url: str, fetcher: Fetcher, intake: Intake) -> AsyncIterator[list[dict[str, Any]]]:
        """The items of a collection, page by page, on the declared base only."""
        asked: set[str] = set()
        for _ in range(MOST_PAGES):
            asked.add(url)
            answer = await fetcher.get(url)
            assert answer is not None
            try:
                page = parse_document(answer.data, header=answer.charset)
                items = list(_items(page))
            except DocumentError as error:
                intake.refuse(self.id, str(error), answer.data)
                return
            yield items
            following = page.get("@iot.nextLink")
            if not isinstance(following, str) or not items:
                return
            url = self._own(urljoin(url, following))
            if url in asked:
                intake.refuse(self.id, "page-loop", url)
                return
        intake.refuse(self.id, "too-many-pages", url)


def _items(page: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(page, dict) or not isinstance(page.get("value"), list):
        raise DocumentError("no-items")
    return (item for item in page["value"] if isinstance(item, dict))


def _unit(told: object) -> str | None:
    """The unit's symbol, or its name where the symbol is empty; None where neither is told."""
    if not isinstance(told, dict):
        return None
    return next((u for u in (told.get("symbol"), told.get("name")) if isinstance(u, str) and u.strip()), None)


def _end(told: object, zone: tzinfo) -> datetime | UnreadTime:
    """The end of a phenomenon time, which is an instant or an interval."""
    text = told
    if isinstance(told, str) and not told.startswith("/") and told.count("/") == 1:
        text = told.rpartition("/")[2]
    return time_or_reason(text, zone=zone)

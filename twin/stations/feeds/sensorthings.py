"""An OGC SensorThings 1.1 service, polled; after it was away, what was missed is fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

from twin.stations.clocks import Clocks
from twin.stations.feeds.base import FeedError
from twin.stations.feeds.strict_json import JsonError, parse
from twin.stations.feeds.web import Fetcher
from twin.stations.intake import Intake
from twin.stations.model import Reading
from twin.stations.network import Network

if TYPE_CHECKING:
    from twin.catalog.feeds import SensorThingsFeed

PAGE = 1000
MOST_PAGES = 500
AT_ONCE = 8


@dataclass
class _Stream:
    """A datastream of theirs that is one of ours; ``seen`` is the time of the newest observation taken."""

    link: str
    station: str
    property: str
    unit: str | None
    seen: datetime


class SensorThings:
    """A feed."""

    def __init__(
        self, spec: SensorThingsFeed, network: Network, *, clocks: Clocks, token: str | None = None
    ) -> None:
        import jmespath  # noqa: PLC0415

        self.id = spec.id
        self._spec, self._network, self._token, self._clocks = spec, network, token, clocks
        self._station, self._property = jmespath.compile(spec.station), jmespath.compile(spec.property)
        self._seen: dict[str, datetime] = {}

    async def run(self, intake: Intake) -> None:
        """Poll until cancelled. Raises FeedError where the service cannot be reached."""
        spec = self._spec
        async with Fetcher(spec.url, timeout_s=spec.timeout_s, token=self._token) as fetcher:
            streams = [stream async for stream in self._streams(fetcher, intake)]
            if not streams:
                raise FeedError("offers no datastream that is one of ours; look at station and property")
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

    async def _streams(self, fetcher: Fetcher, intake: Intake) -> Any:
        """Their datastreams that are ours."""
        start = self._clocks.now() - timedelta(hours=self._spec.backfill_hours)
        url = f"{self._spec.url.rstrip('/')}/Datastreams?$expand=Thing,ObservedProperty&$top={PAGE}"
        async for item in self._pages(url, fetcher, intake):
            station, property_ = self._named(item)
            link = item.get("@iot.selfLink")
            if self._network.find(station, property_) is None or not isinstance(link, str):
                continue
            link = urljoin(self._spec.url, link)
            unit = item.get("unitOfMeasurement")
            symbol = unit.get("symbol") if isinstance(unit, dict) else None
            seen = self._seen.get(link, start)
            yield _Stream(link, station, property_, symbol if isinstance(symbol, str) else None, seen)

    def _named(self, item: dict[str, Any]) -> tuple[str, str]:
        try:
            station = self._station.search(item.get("Thing"))
            property_ = self._property.search(item)
        except Exception:  # noqa: BLE001  (functions of JMESPath raise what they like on foreign data)
            return "", ""
        if not isinstance(station, str) or not isinstance(property_, str):
            return "", ""
        spec = self._spec
        return spec.station_codes.get(station, station), spec.properties.get(property_, property_)

    async def _follow(self, stream: _Stream, fetcher: Fetcher, intake: Intake) -> None:
        """Take what is newer than what was taken last."""
        since = quote(stream.seen.astimezone(UTC).isoformat().replace("+00:00", "Z"))
        url = (
            f"{stream.link}/Observations?$filter=phenomenonTime%20gt%20{since}"
            f"&$orderby=phenomenonTime%20asc&$top={PAGE}"
        )
        batch: list[Reading] = []
        newest = stream.seen
        async for item in self._pages(url, fetcher, intake):
            at = _end(item.get("phenomenonTime"))
            if isinstance(at, datetime):
                newest = max(newest, min(at, self._clocks.now()))
            batch.append(
                Reading(
                    station=stream.station,
                    property=stream.property,
                    value=item.get("result"),
                    phenomenon_at=at,
                    unit=stream.unit,
                )
            )
        if batch:
            await intake.deliver(self.id, batch)
        stream.seen = self._seen[stream.link] = newest

    async def _pages(self, url: str, fetcher: Fetcher, intake: Intake) -> Any:
        """The items of a collection, page by page, on the declared host only."""
        for _ in range(MOST_PAGES):
            data = await fetcher.get(url)
            assert data is not None
            try:
                page = parse(data)
                items = list(_items(page))
            except JsonError as error:
                intake.refuse(self.id, str(error), data)
                return
            for item in items:
                yield item
            following = page.get("@iot.nextLink")
            if not isinstance(following, str) or not items:
                return
            url = urljoin(url, following)


def _items(page: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(page, dict) or not isinstance(page.get("value"), list):
        raise JsonError("no-items")
    return (item for item in page["value"] if isinstance(item, dict))


def _end(time: object) -> object:
    """The end of a phenomenon time, which is an instant or an interval; anything else stays what it is."""
    if not isinstance(time, str) or len(time) > 90:
        return time
    last = time.rpartition("/")[2]
    try:
        found = datetime.fromisoformat(last)
    except ValueError:
        return last
    return found if found.tzinfo is not None else last

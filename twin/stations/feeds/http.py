"""JSON polled from an address."""

from __future__ import annotations

import asyncio
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from twin.catalog.feeds import EnvName, FeedSpec, Seconds, Url
from twin.stations.feeds.base import Feed, FeedContext
from twin.stations.feeds.document import DocumentError, parse_document
from twin.stations.feeds.json_map import Charset, JsonMap
from twin.stations.feeds.mapped_json import Mapper
from twin.stations.feeds.secrets import secret_of
from twin.stations.feeds.unsaid import Unsaid
from twin.stations.feeds.web import Answer, Fetcher
from twin.stations.intake import Intake


class HttpSpec(FeedSpec):
    """JSON polled from an address."""

    driver: Literal["http"]
    url: Url
    every_s: Seconds = 60
    timeout_s: Seconds = 20
    token_env: EnvName | None = Field(default=None, description="Sent as 'Authorization: Bearer …'.")
    charset: Charset | None = None
    map: JsonMap

    def make(self, context: FeedContext) -> Feed:
        """Make the feed."""
        return HttpPoll(self, zone=context.zone, token=secret_of(self.token_env))


class HttpPoll:
    """Feed that polls JSON over HTTP."""

    def __init__(self, spec: HttpSpec, *, zone: ZoneInfo, token: str | None = None) -> None:
        self.id = spec.id
        self._spec, self._token = spec, token
        self._mapper = Mapper(spec.map, zone=zone)
        self._unsaid = Unsaid()

    async def run(self, intake: Intake) -> None:
        """Poll until cancelled.

        Raises FeedError where the source cannot be reached.
        """
        spec = self._spec
        async with Fetcher(spec.url, timeout_s=spec.timeout_s, token=self._token) as fetcher:
            while True:
                answer = await fetcher.get(spec.url, unless_unchanged=True)
                if answer is not None:
                    await self._take(intake, answer)
                await asyncio.sleep(spec.every_s)

    async def _take(self, intake: Intake, answer: Answer) -> None:
        try:
            document = parse_document(answer.data, declared=self._spec.charset, header=answer.charset)
            readings = self._mapper.readings(document)
        except DocumentError as error:
            intake.refuse(self.id, str(error), answer.data)
            return
        await self._unsaid.deliver(intake, self.id, readings)

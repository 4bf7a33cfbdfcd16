"""Forecasts of the lake polled as CSV from an address."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from twin.catalog.feeds import EnvName, FeedSpec, Seconds, Url
from twin.catalog.types import Access
from twin.errors import TwinError
from twin.runs_file import RunsFileError
from twin.stations.feeds.base import Feed, FeedContext, FeedError, ForecastIssue
from twin.stations.feeds.charsets import CharsetError, decoded
from twin.stations.feeds.json_map import Charset
from twin.stations.feeds.secrets import secret_of
from twin.stations.feeds.web import Answer, Fetcher
from twin.stations.intake import Intake
from twin.written_time import WrittenTimeError, read_time

_ISSUED = re.compile(r"#\s*(?:issued|发布时间)\s*[:：]?\s*(.{1,60}?)\s*", re.IGNORECASE)


class ForecastSpec(FeedSpec):
    """Forecast table of the lake's level, polled as CSV from an address."""

    driver: Literal["forecast"]
    url: Url
    every_s: Seconds = 300
    timeout_s: Seconds = 20
    token_env: EnvName | None = Field(default=None, description="Sent as 'Authorization: Bearer …'.")
    charset: Charset | None = None
    author: Annotated[str, Field(min_length=1, max_length=80)] = Field(description="Who issues it.")
    access: Access = Field(default="internal", description="Who may see it.")

    def make(self, context: FeedContext) -> Feed:
        """Make the feed."""
        return ForecastPoll(
            self, zone=context.zone, keep=context.keep_forecast, token=secret_of(self.token_env)
        )


class ForecastPoll:
    """Feed that polls a forecast table over HTTP.

    It brings no readings: a forecast is kept as a run, beside observations.
    """

    def __init__(
        self,
        spec: ForecastSpec,
        *,
        zone: ZoneInfo,
        keep: Callable[[ForecastIssue], object],
        token: str | None = None,
    ) -> None:
        self.id = spec.id
        self._spec, self._zone, self._keep, self._token = spec, zone, keep, token

    async def run(self, intake: Intake) -> None:
        """Poll until cancelled.

        Raises FeedError where the source cannot be reached, or nothing can be kept.
        """
        spec = self._spec
        async with Fetcher(spec.url, timeout_s=spec.timeout_s, token=self._token, accept="text/csv") as web:
            while True:
                answer = await web.get(spec.url, unless_unchanged=True)
                if answer is not None:
                    await self._take(intake, answer)
                await asyncio.sleep(spec.every_s)

    async def _take(self, intake: Intake, answer: Answer) -> None:
        try:
            text = decoded(answer.data, declared=self._spec.charset, header=answer.charset)
        except CharsetError as error:
            intake.refuse(self.id, str(error), answer.data)
            return
        issued_at, table = _issued(text, self._zone)
        issued_at = issued_at or _modified(answer)
        if issued_at is None:
            intake.refuse(self.id, "no-issue-time", answer.data)
            return
        spec = self._spec
        issue = ForecastIssue(
            table=table, name=spec.title.zh, author=spec.author, access=spec.access, issued_at=issued_at
        )
        try:
            await asyncio.to_thread(self._keep, issue)
        except RunsFileError as error:  # started again, it fetches the table again
            raise FeedError(str(error)) from None
        except TwinError as error:
            intake.refuse(self.id, "bad-table", str(error))


def _issued(text: str, zone: ZoneInfo) -> tuple[datetime | None, str]:
    """The time of issue in lines before the table that begin with #, and the table."""
    issued_at, lines = None, text.lstrip("\ufeff").splitlines(keepends=True)
    while lines and lines[0].startswith("#"):
        found = _ISSUED.fullmatch(lines.pop(0).strip())
        if found is not None:
            try:
                issued_at = read_time(found[1], zone=zone).astimezone(UTC)
            except (WrittenTimeError, OverflowError):
                continue
    return issued_at, "".join(lines)


def _modified(answer: Answer) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.modified or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return None

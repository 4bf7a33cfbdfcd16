"""Answer observations of a stretch of time, page by page."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import Field

from apps.hub.rest.basin_operations import BilingualName
from apps.hub.rest.declared import Ask, JsonAnswer, Parameters, operation
from apps.hub.rest.problems import PREFIX, NotThereError, ParameterError
from apps.hub.rest.station_operations import local, reader_of, stations_of
from apps.observation_rows import COLUMNS, csv_cells, rows_of, time_of
from twin.quantity import Quality
from twin.stations.properties import PROPERTIES

if TYPE_CHECKING:
    from twin.basin import Basin

MOST_ROWS, DEFAULT_ROWS = 10_000, 1_000
PAST = timedelta(hours=72)
AHEAD = timedelta(hours=25)
"""Values of a station whose clock is ahead are taken along where no end is given."""
_PLUS_LOST = re.compile(r"(T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) (\d{2}:?\d{2})$")
Time = Annotated[str, Field(max_length=60)]


class ObservationsParameters(Parameters):
    datastream: Annotated[
        str, Field(min_length=1, max_length=100, description="Name of a datastream: station.property.")
    ]
    start: Time | None = Field(
        default=None, description="From this time on, ISO 8601; without a zone it is the site's."
    )
    end: Time | None = Field(default=None, description="Up to this time; without it all that is newer.")
    period: timedelta | None = Field(
        default=None, description="Instead of a start: so long before the end, like P3D (72 h without both)."
    )
    known_at: Time | None = Field(default=None, description="As it was known then.")
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = DEFAULT_ROWS
    format: Literal["json", "csv"] = "json"


class ObservationAnswer(JsonAnswer):
    """Observation, or an hour of those that were thinned out."""

    time: datetime = Field(description="Time that the value is of.")
    value: float | None = Field(description="In the unit of the answer; null where it was sent as missing.")
    quality: Quality
    reason: str
    revision: int = Field(description="Number of corrections before it.")
    received_at: datetime
    result_at: datetime | None
    source: str = Field(description="Feed that it came by.")
    count: int | None = Field(
        description="Values that an hour stands for; null of an observation as it came."
    )
    lowest: float | None
    highest: float | None


class ObservationsAnswer(JsonAnswer):
    """Page of observations, the newest revision of each time, oldest first."""

    datastream: str
    property: str
    name: BilingualName
    unit: str
    start: datetime
    end: datetime
    known_at: datetime | None
    synthetic: bool
    observations: list[ObservationAnswer]
    next: str | None = Field(description="Address of the next page; null on the last one.")


@dataclass(frozen=True, kw_only=True)
class _Page:
    start: datetime
    end: datetime
    known_at: datetime | None
    rows: list[dict[str, Any]]
    next: str | None


@operation(
    "GET",
    "/observations",
    parameters=ObservationsParameters,
    answer=ObservationsAnswer,
    refusals=(404, 410),
    also={"text/csv": "Rows as `twin stations export` writes them; the next page is in the header Link."},
)
async def observations(ask: Ask, asked: ObservationsParameters) -> ObservationsAnswer | web.StreamResponse:
    """Read observations of one datastream.

    A page has at most `limit` times; `next` leads on.
    """
    opened = await ask.opened()
    page = await ask.read(_page, ask, opened.basin, asked)
    return await ask.work(_csv if asked.format == "csv" else _json, opened.basin, asked, page)


def _page(ask: Ask, basin: Basin, asked: ObservationsParameters) -> _Page:
    network, name = stations_of(basin), asked.datastream
    if name not in network.datastreams:
        raise NotThereError(name)
    start, end = _window(asked, ZoneInfo(basin.site.time_zone))
    known_at = None if asked.known_at is None else _time(asked.known_at, ZoneInfo(basin.site.time_zone))
    with reader_of(basin) as reader:
        if reader is None:
            return _Page(start=start, end=end, known_at=known_at, rows=[], next=None)
        times = reader.times(name, start, end, known_at=known_at, limit=asked.limit + 1)
        more = times[-1] if len(times) > asked.limit else None
        last = times[-2] if more is not None else end
        rows = list(rows_of(reader, network, name, start, last, known_at=known_at, synthetic=basin.synthetic))
    ask.record("observations", datastream=name, start=start.isoformat(), end=last.isoformat(), rows=len(rows))
    next_ = None
    if more is not None:
        again = asked.model_dump(exclude={"period", "start", "end"}, exclude_none=True, exclude_defaults=True)
        again |= {"start": _text(more), "end": _text(end)}
        next_ = f"{PREFIX}/observations?{urlencode(again)}"
    return _Page(start=start, end=end, known_at=known_at, rows=rows, next=next_)


def _json(basin: Basin, asked: ObservationsParameters, page: _Page) -> ObservationsAnswer:
    zone = ZoneInfo(basin.site.time_zone)
    kind = PROPERTIES[stations_of(basin).datastreams[asked.datastream].property]
    return ObservationsAnswer(
        datastream=asked.datastream,
        property=kind.id,
        name=BilingualName(**kind.name),
        unit=kind.shown,
        start=page.start.astimezone(zone),
        end=page.end.astimezone(zone),
        known_at=local(page.known_at, zone),
        synthetic=basin.synthetic,
        observations=[
            ObservationAnswer(
                time=row["phenomenon_at"].astimezone(zone),
                value=row["value"],
                quality=row["quality"],
                reason=row["reason"],
                revision=row["revision"],
                received_at=row["received_at"].astimezone(zone),
                result_at=local(row["result_at"], zone),
                source=row["feed"],
                count=row["count"],
                lowest=row["lowest"],
                highest=row["highest"],
            )
            for row in page.rows
        ],
        next=page.next,
    )


def _csv(basin: Basin, asked: ObservationsParameters, page: _Page) -> web.Response:
    del basin
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, COLUMNS)
    writer.writeheader()
    writer.writerows(csv_cells(row) for row in page.rows)
    headers = {
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'attachment; filename="{asked.datastream}.csv"',
    }
    if page.next is not None:
        headers["Link"] = f'<{page.next}>; rel="next"'
    return web.Response(text=stream.getvalue(), content_type="text/csv", charset="utf-8", headers=headers)


def _window(asked: ObservationsParameters, zone: ZoneInfo) -> tuple[datetime, datetime]:
    if asked.start is not None and asked.period is not None:
        raise ParameterError("period", "goes with an end, not with a start", "不能与 start 同时给出")
    if asked.period is not None and asked.period <= timedelta():
        raise ParameterError("period", "must be longer than nothing", "须大于零")
    now = datetime.now(UTC)
    end = now if asked.end is None else _time(asked.end, zone)
    try:
        start = end - (asked.period or PAST) if asked.start is None else _time(asked.start, zone)
    except OverflowError:
        raise ParameterError("period", "is too long", "过长") from None
    if start > end:
        raise ParameterError("start", "lies after the end", "晚于 end")
    return start, end if asked.end is not None else now + AHEAD


def _time(text: str, zone: ZoneInfo) -> datetime:
    """Parse a time; a plus sign that an address made a blank is one again."""
    return time_of(_PLUS_LOST.sub(r"\1+\2", text), zone)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")

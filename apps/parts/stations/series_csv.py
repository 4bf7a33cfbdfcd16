"""Write the series of a chart as CSV, one row a value."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from apps.parts.stations.series_figure import ChartSeries
    from twin.bilingual import Language

COLUMNS = ("time", "station", "name", "datastream", "property", "unit", "value", "quality", "values_of_hour")


def csv_of(series: Sequence[ChartSeries], *, zone: ZoneInfo, language: Language, synthetic: str = "") -> str:
    """Return all values of series as CSV, with units and qualities.

    Times are of the site's zone with its offset. ``values_of_hour`` is of how many values an hour is that
    stands for what was thinned out. ``synthetic`` is written as the first line, as a comment.
    """
    out = io.StringIO()
    if synthetic:
        out.write(f"# {synthetic}\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in series:
        past = one.past
        counts = past.counts or (0,) * len(past.times_s)
        for at, value, quality, count in zip(past.times_s, past.values, past.qualities, counts, strict=True):
            writer.writerow(
                (
                    datetime.fromtimestamp(at, UTC).astimezone(zone).isoformat(timespec="seconds"),
                    one.station.id,
                    one.station.name[language],
                    one.datastream.id,
                    one.datastream.property,
                    one.kind.unit,
                    "" if value is None else f"{value:.10g}",
                    quality,
                    count or "",
                )
            )
    return out.getvalue()

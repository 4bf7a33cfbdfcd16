"""The flood of July 2025, by its published levels: what it raises, in a log of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from twin.alarms.runs import alarms_of_levels
from twin.catalog import load_catalog

PROJECT = Path(__file__).parents[3]
# Published: 153.10 m on 27 July 08:00, 155.59 m on 29 July 23:00, 155.57 m on 30 July 10:00 (Beijing time).
POINTS = [
    (datetime(2025, 7, 26, 21, 0, tzinfo=UTC), 151.90),  # below the flood limit, the evening before
    (datetime(2025, 7, 27, 0, 0, tzinfo=UTC), 153.10),
    (datetime(2025, 7, 29, 15, 0, tzinfo=UTC), 155.59),
    (datetime(2025, 7, 30, 2, 0, tzinfo=UTC), 155.57),
]


def test_the_published_levels_pass_the_flood_limit_and_no_other_level() -> None:
    site = load_catalog(PROJECT / "data_catalog.yaml").site
    times = np.array([at.timestamp() for at, _ in POINTS])
    grid = np.arange(times[0], times[-1] + 1, 600.0)
    levels = np.interp(grid, times, [level for _, level in POINTS])
    series = [(datetime.fromtimestamp(t, UTC), float(v)) for t, v in zip(grid, levels, strict=True)]
    (raised,) = alarms_of_levels(site, series, every_s=600.0)
    # 151.90 to 153.10 m in three hours: 152.00 m is passed after 15 minutes, seen at 20, told 10 later.
    assert (raised.id, raised.what) == ("level:flood-limit@lake", "raised")
    assert raised.at == POINTS[0][0] + timedelta(minutes=30)
    assert raised.alarm is not None and raised.alarm.rank == 3

    falling = [(POINTS[-1][0] + timedelta(hours=h), 155.57 - 0.1 * h) for h in range(1, 60)]
    told = alarms_of_levels(site, [*series, *falling], every_s=600.0)
    assert [c.what for c in told] == ["raised", "returned"]
    # 151.98 m, two centimetres under the limit, is passed after 36 hours, and told an hour later.
    assert told[-1].at == POINTS[-1][0] + timedelta(hours=37)

"""Acknowledge the sample's alarms some minutes after they were raised.

In a basin whose feeds are all invented nobody sits and acknowledges; without this every storm of the past
would wait to be seen. Real feeds never get it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from twin.alarms.lifecycle import AlarmLifecycle, Change

if TYPE_CHECKING:
    from twin.catalog.feeds import FeedSpec

OFFICER = "示例值班员 / sample officer"
SEEN_AFTER = timedelta(minutes=8)
"""Time for a visitor to see a new alarm wait, and to acknowledge it first."""


def is_sample(feeds: Sequence[FeedSpec]) -> bool:
    """Return whether all feeds are the sample's own.

    And there are any.
    """
    return bool(feeds) and all(feed.synthetic for feed in feeds)


def acknowledge_old(lifecycle: AlarmLifecycle, now: datetime) -> list[Change]:
    """Acknowledge what has waited for ``SEEN_AFTER``.

    By the time of the data.
    """
    waiting = [
        alarm.id
        for alarm in lifecycle.standing.values()
        if alarm.state in ("unacknowledged", "returned") and now - alarm.changed_at >= SEEN_AFTER
    ]
    return [lifecycle.acknowledge(id_, by=OFFICER, at=now) for id_ in waiting]

"""Lines of the journal, as they are written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twin.stations.store.schema import as_us


@dataclass(frozen=True, kw_only=True)
class Event:
    """Line of the journal to be written.

    ``data`` is plain JSON.
    """

    at: datetime
    received_at: datetime
    kind: str
    subject: str
    by: str = ""
    data: Mapping[str, Any] | None = None


def row_of(event: Event) -> dict[str, Any]:
    """Turn an event into a row of the table ``events``.

    Raises ValueError for NaN in its data.
    """
    return {
        "at": as_us(event.at),
        "received_at": as_us(event.received_at),
        "kind": event.kind,
        "subject": event.subject,
        "by": event.by,
        "data": json.dumps(dict(event.data or {}), ensure_ascii=False, allow_nan=False),
    }

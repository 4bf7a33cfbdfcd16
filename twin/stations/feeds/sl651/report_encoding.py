"""Encode bodies of reports as stations do, for simulator and tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from twin.stations.feeds.sl651 import elements as el
from twin.stations.feeds.sl651.times import bcd_time


def write_report(
    station: str,
    *,
    serial: int,
    sent_at: datetime,
    observed_at: datetime,
    values: Sequence[tuple[int, float | None, int, int]] = (),
    rain_5min: tuple[datetime, Sequence[float | None]] | None = None,
    stage_5min: tuple[datetime, Sequence[float | None]] | None = None,
    kind: int = 0x48,
) -> bytes:
    """Encode a report's body.

    ``values`` are (identifier, value, bytes, decimals). Raises ElementError.
    """
    body = serial.to_bytes(2, "big") + bcd_time(sent_at)
    body += bytes([el.ADDRESS, el.ADDRESS]) + bytes.fromhex(station) + bytes([kind])
    body += _stamp(observed_at)
    for identifier, value, size, decimals in values:
        body += bytes([identifier, el.length_byte(size, decimals)])
        body += el.encoded(value, size=size, decimals=decimals)
    if rain_5min is not None:
        start, amounts = rain_5min
        data = bytes(0xFF if mm is None else min(0xFE, round(mm / el.RAIN_UNIT_MM)) for mm in amounts)
        body += _stamp(start) + bytes([el.RAIN_5MIN, el.length_byte(len(data), 0)]) + data
    if stage_5min is not None:
        start, stages = stage_5min
        data = b"".join(
            (0xFFFF if m is None else round(m / el.STAGE_UNIT_M)).to_bytes(2, "big") for m in stages
        )
        body += _stamp(start) + bytes([el.STAGE_5MIN, el.length_byte(len(data), 0)]) + data
    return body


def _stamp(at: datetime) -> bytes:
    return bytes([el.TIME, el.TIME]) + bcd_time(at, seconds=False)

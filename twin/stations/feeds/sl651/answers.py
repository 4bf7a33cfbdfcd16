"""Encode a centre's frames to stations: confirmations, repeat requests, questions."""

from __future__ import annotations

from datetime import UTC, datetime

from twin.stations.feeds.sl651.coding import ACK, ENQ, EOT, ETB, NAK, Sl651Frame
from twin.stations.feeds.sl651.times import bcd_time, digits_of


def confirmed(frame: Sl651Frame, serial: int, *, password: int) -> bytes:
    """Return the answer to a message's last frame.

    In its coding. A message in packets is confirmed once, with the number of its last (6.3.1.2, M3); a single
    frame behind which more follow (ETB) is confirmed with ACK.
    """
    more = frame.end == ETB and frame.packet is None
    packet = None if frame.packet is None else (frame.packet[0], frame.packet[0])
    return _down(frame, serial, packet=packet, end=ACK if more else EOT, password=password)


def again(frame: Sl651Frame, number: int, *, password: int) -> bytes:
    """Return a request to resend one packet of a message."""
    assert frame.packet is not None
    return _down(frame, 0, packet=(frame.packet[0], number), end=NAK, password=password)


def question(frame: Sl651Frame, function: int, *, password: int) -> bytes:
    """Return a request for present values, to a frame's station."""
    asked = Sl651Frame(
        station=frame.station, function=function, body=b"", centre=frame.centre, ascii=frame.ascii
    )
    return _down(asked, 0, packet=None, end=ENQ, password=password)


def _down(
    frame: Sl651Frame, serial: int, *, packet: tuple[int, int] | None, end: int, password: int
) -> bytes:
    now = datetime.now(UTC)
    if frame.ascii:
        body = f"{serial:04X}{digits_of(now)}".encode()
    else:
        body = serial.to_bytes(2, "big") + bcd_time(now)
    return Sl651Frame(
        station=frame.station,
        function=frame.function,
        body=body,
        centre=frame.centre,
        password=password,
        up=False,
        end=end,
        packet=packet,
        ascii=frame.ascii,
    ).encode()

"""Parse what a person typed at a station (functions 35H, 39H)."""

from __future__ import annotations

from datetime import datetime

from twin.stations.feeds.sl651 import body_ascii
from twin.stations.feeds.sl651.content import BodyContent
from twin.stations.feeds.sl651.times import MessageError

SIGNS = (b"\xf2\xf2", b"RGZS ")


def read(rest: bytes, *, station: str, sent_at: datetime) -> BodyContent:
    """Return the text, and values in SL 330's coding.

    Where all of it is (station, time, codes, numbers). Offices may agree on any other text: that is kept as
    text, and nothing is guessed from it.
    """
    for sign in SIGNS:
        _, found, after = rest.partition(sign)
        if found:
            rest = after
            break
    text = rest.decode("gb18030", errors="replace")
    try:
        content = body_ascii.read(rest, station=station, sent_at=sent_at)
    except MessageError:
        return BodyContent(text=text)
    timed = b"TT" in rest.upper().split()  # without its time a value is of no use
    if content.unknown or content.spoilt or not content.values or not timed:
        return BodyContent(text=text)
    content.text = text
    return content

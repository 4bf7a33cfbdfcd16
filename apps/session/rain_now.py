"""Select the stations whose rain of the last 24 hours is current."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from twin.stations.freshness import Freshness

if TYPE_CHECKING:
    from twin.stations.snapshot import Now


def rain_now(now: Now | None, elapsed_s: Callable[[str], float]) -> dict[str, tuple[float, float]]:
    """Return (mm, share of the 24 h known) by station.

    ``elapsed_s``: since a datastream's value was received. A sum goes up to the station's newest value: of
    one that has fallen silent it is rain of some other day.
    """
    if now is None:
        return {}
    found = {}
    for id_, rain in now.rain.items():
        stream = f"{id_}.rain"
        value = now.values.get(stream)
        if rain.h24_mm is None or value is None:
            continue
        if value.freshness(elapsed_s=elapsed_s(stream)) is Freshness.FRESH:
            found[id_] = (rain.h24_mm, rain.known)
    return found

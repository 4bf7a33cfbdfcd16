"""Mark doubtful values and thinned-out hours on a chart of the past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from apps.texts import texts
from apps.value_words import DOUBTFUL
from twin.bilingual import Language
from twin.stations.properties import PROPERTIES

if TYPE_CHECKING:
    from twin.stations.snapshot import Past

DOUBT = "#ffb84d"


def marks(
    past: Past, property_: str, hover: str, *, zone: ZoneInfo, language: Language, rem_px: float
) -> list[dict[str, Any]]:
    """Return Plotly traces of marks; ``hover`` formats a value."""
    t, kind = texts(language), PROPERTIES[property_]
    hours = [i for i, count in enumerate(past.counts) if count]
    doubtful = [i for i, q in enumerate(past.qualities) if q in DOUBTFUL and i not in set(hours)]
    found = []
    if hours:
        what = t[f"chart_{kind.over_time}"].format(n="%{customdata}")
        counts = [past.counts[i] for i in hours]
        found.append(_trace(past, hours, zone, "diamond-open", counts, f"{hover} · {what}", rem_px))
    if doubtful:
        words = [t[f"quality_{past.qualities[i]}"] for i in doubtful]
        found.append(_trace(past, doubtful, zone, "x", words, f"{hover} · %{{customdata}}", rem_px))
    return found


def _trace(
    past: Past,
    places: Sequence[int],
    zone: ZoneInfo,
    symbol: str,
    words: Sequence[object],
    hover: str,
    rem_px: float,
) -> dict[str, Any]:
    return {
        "x": [local(past.times_s[i], zone) for i in places],
        "y": [past.values[i] for i in places],
        "mode": "markers",
        "cliponaxis": False,
        "marker": {"color": DOUBT, "size": 7 * rem_px / 15, "symbol": symbol},
        "customdata": list(words),
        "hovertemplate": f"{hover}<extra></extra>",
        "showlegend": False,
    }


def local(at: float, zone: ZoneInfo) -> str:
    """Convert a time to the site's local clock.

    Plotly has no zones.
    """
    return f"{datetime.fromtimestamp(at, UTC).astimezone(zone):%Y-%m-%d %H:%M:%S}"

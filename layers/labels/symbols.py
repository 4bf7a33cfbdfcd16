"""Shapes of station signs, one per kind, for both painters.

Distinguishable without colour. Outlines lie in a square from -1 to 1, y downwards. How a station stands is
drawn onto its shape: full while its value is fresh, hollow when it is old, hollow and crossed when it is
silent, hollow and thin where nothing was ever heard; an alarm puts the shape on a disc.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Literal

from layers.labels.theme import THEME
from twin.stations.snapshot import RANK_TONES, Tone

Outline = tuple[tuple[float, float], ...]
State = Literal["fresh", "stale", "dead", "never", "unknown"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sign:
    """Name and value line of a station in the shown language.

    The line: value, unit, trend, age. ``rank`` and ``tone`` (its colour) are those of its gravest alarm, 0
    for none. One that is not ``shown`` has neither sign nor words; one that was ``asked`` for has its sign
    from however far. ``since_s`` is when the value was 0 s old, by the clock of whoever formatted the line: a
    page counts its age, the last part of ``detail``, on from there. None where the line has no age.
    """

    name: str
    detail: str
    state: State
    rank: int = 0
    tone: Tone = ""
    shown: bool = True
    asked: bool = False
    since_s: float | None = None


def _around(corners: int, *, radius: float = 1.0, turn: float = 0.0) -> Outline:
    angles = (2 * pi * (k / corners) + turn for k in range(corners))
    return tuple((round(radius * sin(a), 3), round(-radius * cos(a), 3)) for a in angles)


def _drop() -> Outline:
    bowl = [(0.66 * cos(a), 0.32 + 0.66 * sin(a)) for a in (pi * (k / 10) for k in range(11))]
    return ((0.0, -1.0), *((round(x, 3), round(y, 3)) for x, y in bowl))


def _leaf() -> Outline:
    right = [(0.55 * sin(pi * k / 8), -1.0 + 2.0 * k / 8) for k in range(9)]
    left = [(-x, y) for x, y in reversed(right[1:-1])]
    return tuple((round(x, 3), round(y, 3)) for x, y in (*right, *left))


SHAPES: Mapping[str, Outline] = {
    "rain": _drop(),
    "stage": ((-0.42, -1), (0.42, -1), (0.42, 1), (-0.42, 1)),
    "flow": ((-1, -0.4), (0.1, -0.4), (0.1, -0.9), (1, 0), (0.1, 0.9), (0.1, 0.4), (-1, 0.4)),
    "reservoir": ((-1.15, -0.55), (1.15, -0.55), (0.65, 0.75), (-0.65, 0.75)),
    "quality": _around(6, radius=0.95),
    "outfall": ((-0.95, -0.75), (0.95, -0.75), (0, 0.95)),
    "ecology": _leaf(),
    "soil": ((0, -0.95), (0.95, 0), (0, 0.95), (-0.95, 0)),
}

_STATION = THEME["station"]
COLOURS: Mapping[str, str] = _STATION["kinds"]
ALARMS: Mapping[Tone, str] = {tone: colours["disc"] for tone, colours in _STATION["alarms"].items()}
"""The disc under a station with an alarm, by the warning's colour."""

WIDEST_SHARE = max(abs(x) for outline in SHAPES.values() for point in outline for x in point)
"""Half the widest sign in units of its radius."""
RIM_PX = 2.0
"""Most that the dark rim of a sign or mark reaches beyond it, in a view 720 high."""

CROSS: tuple[tuple[float, float, float, float], ...] = ((-1, -1, 1, 1), (-1, 1, 1, -1))


def alarm_colour(rank: int, tone: Tone) -> str:
    """Return the colour of an alarm's disc.

    Without a tone that of its rank.
    """
    return ALARMS[tone or RANK_TONES[rank]]


def disc_share(rank: int) -> float:
    """Return an alarm's disc in units of the sign's radius.

    The graver, the larger.
    """
    return float(_STATION["disc"]["rank_0"] + _STATION["disc"]["by_rank"] * rank)


def radius_px(kind: str) -> float:
    """Return half a sign's size, CSS pixels in a 720 px view.

    A reservoir's is larger.
    """
    return float(_STATION["radius_px"] * (_STATION["lake"] if kind == "reservoir" else 1.0))


def as_paths() -> dict[str, str]:
    """Return shapes as SVG paths, by kind."""
    return {
        kind: "M" + "L".join(f"{x:g} {y:g}" for x, y in outline) + "Z" for kind, outline in SHAPES.items()
    }

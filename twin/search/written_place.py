"""Parse written coordinates: degrees in several forms, or metres east and north."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from math import hypot, isfinite
from typing import TYPE_CHECKING, Literal

from twin.crs import FrameError

if TYPE_CHECKING:
    from twin.frame import Frame

System = Literal["WGS84", "GCJ-02", "frame"]
MOST_WRITTEN = 80
METRES_FROM = 1000.0
"""Numbers above it are metres of a projection: no angle is as large."""

_WORDS = (
    (re.compile(r"gcj-?0?2|火星坐标系?|高德|腾讯", re.I), " GCJ "),
    (re.compile(r"wgs-?84|cgcs-?2000|国家2000|大地坐标系?|坐标系?|\b[xy](?=\s*=)", re.I), " "),
    (re.compile(r"东经|经度|longitude|lon|lng|经", re.I), " E "),
    (re.compile(r"北纬|纬度|latitude|lat|纬", re.I), " N "),
    (re.compile(r"easting|east|东", re.I), " E "),
    (re.compile(r"northing|north|北", re.I), " N "),
    (re.compile(r"西经|西|west", re.I), " W "),
    (re.compile(r"南纬|南|south", re.I), " S "),
    (re.compile(r"米|公尺|(?<=\d)\s*m\b|="), " "),
)
_SIGNS = str.maketrans(
    {"度": "°", "º": "°", "˚": "°", "分": "'", "′": "'", "’": "'", "‘": "'", "`": "'"}
    | dict.fromkeys("秒″”“", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | {"、": ",", ";": ",", ":": " ", "(": " ", ")": " ", "/": ","}
)
_TOKEN = re.compile(r"GCJ|[EWNS]|[+-]?\d+(?:\.\d*)?|[°'\",]|\S", re.I)


@dataclass(frozen=True, kw_only=True)
class WrittenPoint:
    """Point that was written, in the frame's CRS.

    ``system`` is what it was read as.
    """

    east: float
    north: float
    system: System


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One coordinate: its value, and the axis that its letter names."""

    value: float
    axis: Literal["E", "N", ""]
    negative: bool = False


def read_point(text: str, frame: Frame) -> WrittenPoint | None:
    """Read a point, or None where a text is none.

    Decimal degrees, degrees-minutes-seconds, metres in the frame's CRS (with a zone's number before the
    east). Without letters longitude or east comes first, unless only the other order fits; of two that both
    fit, the one nearer to the frame's origin. GCJ-02 only where the text says so.
    """
    if len(text) > MOST_WRITTEN:
        return None
    folded = unicodedata.normalize("NFKC", text.translate(_SIGNS)).translate(_SIGNS)
    for pattern, word in _WORDS:
        folded = pattern.sub(word, folded)
    tokens = [token.upper() for token in _TOKEN.findall(folded)]
    shifted = "GCJ" in tokens
    parts = _parts([token for token in tokens if token != "GCJ"])
    if parts is None:
        return None
    metres = [part.value >= METRES_FROM for part in parts]
    if all(metres):
        return None if shifted or any(p.negative for p in parts) else _in_metres(*parts, frame)
    return None if any(metres) else _in_degrees(*parts, frame, shifted=shifted)


def _parts(tokens: list[str]) -> tuple[_Part, _Part] | None:
    """The two coordinates of a text's tokens; None where it is anything else."""
    if any(not re.fullmatch(r"[EWNS]|[+-]?\d+(?:\.\d*)?|[°'\",]", token) for token in tokens):
        return None
    groups = _split(tokens)
    if groups is None:
        return None
    parts = [_part(group) for group in groups]
    if parts[0] is None or parts[1] is None:
        return None
    axes = {parts[0].axis, parts[1].axis}
    return None if axes in ({"E"}, {"N"}) else (parts[0], parts[1])


def _split(tokens: list[str]) -> tuple[list[str], list[str]] | None:
    """Part tokens in two: at the comma, at the letters, at the second degree sign, or in halves."""
    letters = [i for i, token in enumerate(tokens) if token in "EWNS"]
    if tokens.count(",") == 1:
        at = tokens.index(",")
        return tokens[:at], tokens[at + 1 :]
    tokens = [token for token in tokens if token != ","]
    letters = [i for i, token in enumerate(tokens) if token in "EWNS"]
    if len(letters) == 2:
        at = letters[1] if letters[0] == 0 else letters[0] + 1
        return tokens[:at], tokens[at:]
    degrees = [i for i, token in enumerate(tokens) if token == "°"]
    if len(degrees) == 2 and not letters:
        return tokens[: degrees[1] - 1], tokens[degrees[1] - 1 :]
    numbers = [i for i, token in enumerate(tokens) if token[-1].isdigit() or token.endswith(".")]
    if letters or len(numbers) not in (2, 4, 6):
        return None
    at = numbers[len(numbers) // 2]
    return tokens[:at], tokens[at:]


def _part(tokens: list[str]) -> _Part | None:
    """A coordinate of up to three numbers; whole degrees and minutes, each of its sixty."""
    letters = [token for token in tokens if token in "EWNS"]
    numbers = [token for token in tokens if token not in "EWNS" and token not in "°'\""]
    signs = [token for token in tokens if token in "°'\""]
    if len(letters) > 1 or not 1 <= len(numbers) <= 3 or signs != ["°", "'", '"'][: len(signs)]:
        return None
    if len(signs) > len(numbers) or any(number[0] in "+-" for number in numbers[1:]):
        return None
    if any("." in number for number in numbers[:-1]):
        return None
    values = [abs(float(number)) for number in numbers]
    if any(value >= 60 for value in values[1:]):
        return None
    value = sum(value / 60**power for power, value in enumerate(values))
    letter = letters[0] if letters else ""
    axis: Literal["E", "N", ""] = "E" if letter in ("E", "W") else "N" if letter else ""
    negative = (numbers[0][0] == "-") != (letter in ("W", "S") if letter else False)
    return _Part(value=value, axis=axis, negative=negative)


def _in_degrees(a: _Part, b: _Part, frame: Frame, *, shifted: bool) -> WrittenPoint | None:
    system: System = "GCJ-02" if shifted else "WGS84"
    found = []
    for lon, lat in _orders(a, b):
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            continue
        try:
            place = frame.from_crs(system if shifted else "EPSG:4326", lon, lat)
        except FrameError:
            continue
        found.append(WrittenPoint(east=float(place[0]), north=float(place[1]), system=system))
    return _nearest(found, frame)


def _in_metres(a: _Part, b: _Part, frame: Frame) -> WrittenPoint | None:
    found = []
    for east, north in _orders(a, b):
        in_zone = east % 1e6 if 1e7 <= east < 1e8 else east  # its number stands before the six digits
        found.append(WrittenPoint(east=in_zone, north=north, system="frame"))
    return _nearest(found, frame)


def _orders(a: _Part, b: _Part) -> list[tuple[float, float]]:
    """(east, north) as the letters say, or both ways."""
    first, second = (-part.value if part.negative else part.value for part in (a, b))
    if a.axis == "E" or b.axis == "N":
        return [(first, second)]
    if a.axis == "N" or b.axis == "E":
        return [(second, first)]
    return [(first, second), (second, first)]


def _nearest(found: list[WrittenPoint], frame: Frame) -> WrittenPoint | None:
    sound = [point for point in found if isfinite(point.east) and isfinite(point.north)]
    return min(sound, key=lambda p: hypot(p.east - frame.east, p.north - frame.north), default=None)

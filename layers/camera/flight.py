"""Interpolate smooth camera flights as a pure function of time.

A movie repeats them exactly. The path is that of van Wijk and Nuij, "Smooth and efficient zooming and
panning" (2003): over a long way the camera rises, travels and comes down again, so that the ground never
rushes past. Time is eased in and out.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cosh, exp, hypot, log, sinh, sqrt, tanh

from layers.camera.camera import kept_above
from layers.heights import Ground, WaterLevels
from twin.scene import Camera

RISE = 1.2  # how much the path prefers to rise over rushing along the ground; the paper's rho
SECONDS_PER_UNIT = 1.1
SHORTEST_S, LONGEST_S = 0.6, 6.0


@dataclass(frozen=True, kw_only=True)
class Flight:
    """Camera path between two cameras in ``seconds``.

    With ``ground`` it never goes below it.
    """

    start: Camera
    end: Camera
    seconds: float
    ground: Ground | None = None
    flood: WaterLevels | None = None
    exaggeration: float = 1.0

    def at(self, t: float) -> Camera:
        """Return the camera ``t`` seconds after take-off.

        Before and after, it is the first or the last camera.
        """
        if t <= 0.0:
            return self.start
        if t >= self.seconds:
            return self.end
        share = _eased(t / self.seconds)
        way, distance = _van_wijk(self._way_m, self.start.distance_m, self.end.distance_m, share)
        a, b = self.start, self.end
        turn = (b.heading_deg - a.heading_deg + 180.0) % 360.0 - 180.0
        camera = a.model_copy(
            update={
                "target_east_m": a.target_east_m + way * (b.target_east_m - a.target_east_m),
                "target_north_m": a.target_north_m + way * (b.target_north_m - a.target_north_m),
                "target_m": a.target_m + share * (b.target_m - a.target_m),
                "distance_m": distance,
                "heading_deg": (a.heading_deg + share * turn) % 360.0 % 360.0,
                "pitch_deg": a.pitch_deg + share * (b.pitch_deg - a.pitch_deg),
                "view_angle_deg": a.view_angle_deg + share * (b.view_angle_deg - a.view_angle_deg),
            }
        )
        if self.ground is None:
            return camera
        return kept_above(camera, self.ground, flood=self.flood, exaggeration=self.exaggeration)

    @property
    def _way_m(self) -> float:
        a, b = self.start, self.end
        return hypot(b.target_east_m - a.target_east_m, b.target_north_m - a.target_north_m)


def fly(
    start: Camera,
    end: Camera,
    *,
    seconds: float | None = None,
    ground: Ground | None = None,
    flood: WaterLevels | None = None,
    exaggeration: float = 1.0,
) -> Flight:
    """Return a flight timed by its length, unless ``seconds`` is given."""
    if seconds is None:
        way = hypot(end.target_east_m - start.target_east_m, end.target_north_m - start.target_north_m)
        turn = abs((end.heading_deg - start.heading_deg + 180.0) % 360.0 - 180.0)
        length = _length(way, start.distance_m, end.distance_m) + turn / 90.0
        seconds = min(LONGEST_S, max(SHORTEST_S, SECONDS_PER_UNIT * length))
    return Flight(
        start=start, end=end, seconds=seconds, ground=ground, flood=flood, exaggeration=exaggeration
    )


def _eased(x: float) -> float:
    """0..1 to 0..1 with no speed and no acceleration at both ends."""
    return x * x * x * (x * (6.0 * x - 15.0) + 10.0)


def _ends(way: float, w0: float, w1: float) -> tuple[float, float]:
    """The paper's r0 and r1 for a way between two distances."""
    both = []
    for w, sign in ((w0, 1.0), (w1, -1.0)):
        b = (w1 * w1 - w0 * w0 + sign * RISE**4 * way * way) / (2.0 * w * RISE**2 * way)
        both.append(log(sqrt(b * b + 1.0) - b))
    return both[0], both[1]


def _length(way: float, w0: float, w1: float) -> float:
    if way < 1e-3 * min(w0, w1):
        return abs(log(w1 / w0)) / RISE
    r0, r1 = _ends(way, w0, w1)
    return (r1 - r0) / RISE


def _van_wijk(way: float, w0: float, w1: float, share: float) -> tuple[float, float]:
    """(share of the way, distance) after ``share`` of the path's length."""
    if way < 1e-3 * min(w0, w1):
        return share, w0 * exp(share * log(w1 / w0))
    r0, r1 = _ends(way, w0, w1)
    r = r0 + share * (r1 - r0)
    along = w0 / RISE**2 * (cosh(r0) * tanh(r) - sinh(r0))
    return along / way, w0 * cosh(r0) / cosh(r)

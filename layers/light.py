"""Light and colours of the scene, in one place.

Sky, haze, land and water must agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

Colour = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Light:
    """Sun, sky and haze of the scene.

    Colours are linear fractions of what the screen shows; directions are compass degrees. ``visibility_m`` is
    the distance at which haze hides about two thirds of a thing's own colour, along the ground; haze thins
    upwards, to a third at ``haze_height_m``, so that a look from high up stays clear. ``edge_fade`` is the
    share of a terrain that dissolves in haze at its edges where nothing is around it.
    """

    horizon: Colour = (0.79, 0.86, 0.92)
    zenith: Colour = (0.25, 0.47, 0.76)
    sun: Colour = (1.0, 0.97, 0.88)
    sun_heading_deg: float = 315.0
    sun_height_deg: float = 40.0
    haze: float = 1.0
    visibility_m: float = 60_000.0
    haze_height_m: float = 4_500.0
    edge_fade: float = 0.06

    def visibility_from(self, height_m: float) -> float:
        """Return the visibility from a height down to the ground.

        Haze thins exponentially upwards.
        """
        rise = max(height_m, 1.0) / self.haze_height_m
        return self.visibility_m * rise / (1.0 - exp(-rise))


@dataclass(frozen=True, kw_only=True)
class WaterColours:
    """Colours of water from shallow to deep over ``deep_m``.

    And where no bed was surveyed.
    """

    shallow: Colour = (0.36, 0.62, 0.66)
    deep: Colour = (0.06, 0.24, 0.42)
    unsurveyed: Colour = (0.13, 0.36, 0.52)
    shore: Colour = (0.93, 0.97, 0.97)
    possible: Colour = (0.55, 0.78, 0.95)
    newly_wet: Colour = (0.96, 0.62, 0.20)
    dried: Colour = (0.62, 0.42, 0.86)
    mirrored: Colour = (0.66, 0.78, 0.88)
    deep_m: float = 30.0
    clear_m: float = 4.0
    reflection: float = 0.6
    shore_line: float = 0.7


LIGHT = Light()
WATER = WaterColours()

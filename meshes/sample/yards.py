"""Plan courtyards: buildings and style of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from meshes.sample.atlas import INDEX
from meshes.sample.plots import Plots
from meshes.sample.works import Works
from twin.arrays import F64, I32, Bools, Index

ROOFS: Final = ("grey", "old", "red", "blue")
ROOF_SHARES: Final = (0.46, 0.22, 0.28, 0.04)
FRONTS: Final = ("front_brick", "front_white", "front_grey", "front_glass")
FRONT_SHARES: Final = (0.28, 0.3, 0.2, 0.22)
SIDES: Final = ("brick", "plaster", "stone", "plaster")  # the other walls, by front


@dataclass(frozen=True, kw_only=True)
class Yards:
    """Choices of yards, each (n,).

    Wings and sheds, how deep the house is, which style.
    """

    plots: Plots
    west: Bools
    east: Bools
    two: Bools
    shed: Bools
    wing_m: F64
    house_m: F64
    roof: Index
    front: Index
    house: I32  # the main house's number

    def pick(self, which: Bools) -> Yards:
        """Return some of the yards."""
        return Yards(
            plots=self.plots.pick(which), west=self.west[which], east=self.east[which], two=self.two[which],
            shed=self.shed[which], wing_m=self.wing_m[which], house_m=self.house_m[which],
            roof=self.roof[which], front=self.front[which], house=self.house[which],
        )  # fmt: skip

    @property
    def gate(self) -> F64:
        """Place of the gate along the front: south-east, beside the wing."""
        half = self.plots.width / 2
        return np.where(self.east, half - 0.75 - self.wing_m - 1.45, half - 2.3)


def choose(works: Works, plots: Plots) -> Yards:
    """Choose for every yard.

    One style for most of a village, with exceptions.
    """
    rng, n = works.rng, len(plots)
    west, east = rng.random(n) < 0.66, rng.random(n) < 0.58
    usual = rng.dirichlet(np.array(ROOF_SHARES) * 8.0)
    return Yards(
        plots=plots, west=west, east=east, two=rng.random(n) < 0.07, shed=~west & (rng.random(n) < 0.55),
        wing_m=np.minimum(rng.uniform(3.1, 3.9, n), plots.width * 0.27), house_m=rng.uniform(5.6, 6.7, n),
        roof=rng.choice(4, n, p=0.5 * usual + 0.5 * np.array(ROOF_SHARES)),
        front=rng.choice(4, n, p=FRONT_SHARES), house=works.number(n),
    )  # fmt: skip


def of(names: tuple[str, ...], which: Index) -> Index:
    """Return materials by choice."""
    return np.array([INDEX[name] for name in names], np.intp)[which]

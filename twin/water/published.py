"""Published figures of Miyun Reservoir: rounded, with gaps.

Facts that are part of the project.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import Final

from twin.water.curve import Curve, Edition
from twin.water.flood_points import FloodPoint, points_from_csv

DESIGN_SOURCE: Final = (
    "published characteristic levels, areas and storages of Miyun Reservoir (dead level, flood-limit level "
    "before 2021, normal pool level, design flood level)"
)
HIGHEST_M: Final = 160.0


def design_curve(*, extended_to_m: float = HIGHEST_M) -> Curve:
    """Return the published design edition.

    Four points from 126.0 to 158.5 m, continued to 160.0 m.
    """
    edition = Edition(id="miyun-design", status="published", source=DESIGN_SOURCE)
    with as_file(files("twin.water.editions") / "miyun_design.csv") as path:
        return Curve.from_csv(path, edition=edition, extended_to_m=extended_to_m)


def july_2025() -> tuple[FloodPoint, ...]:
    """Return published points of the July 2025 flood.

    Rounded, with gaps.
    """
    with as_file(files("twin.water.runs") / "flood_2025_07.csv") as path:
        return points_from_csv(path, zone="Asia/Shanghai")

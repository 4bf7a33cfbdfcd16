"""Built-in sample basin: complete, invented, deterministic, marked as synthetic.

``generate`` compiles with numba and takes seconds; importing the package costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from twin.sample.facts import SEED

__all__ = ["generate"]


def generate(out: Path, *, seed: int = SEED, progress: Callable[[str, float], None] | None = None) -> None:
    """Write the sample basin's files into ``out``.

    Equal on every run, whatever the number of threads. ``terrain.tif`` (float32 m, 30 m, EPSG:4548, heights
    in the 1985 datum, dams included), ``surroundings.tif`` (the same at 250 m for the whole catchment),
    ``landcover.tif`` (uint8, ``landcover.Cover``) and, as GeoJSON in WGS 84, ``dams``, ``villages``,
    ``village_footprints``, ``rivers``, ``roads``, ``district``, ``townships``, ``watersheds``,
    ``river_ranges``, ``reservoir_ranges``, ``protection_zones``, ``belts`` and ``places``. ``progress`` is
    told a step's name and the share done, 0 … 1.
    """
    from twin.sample.generate import make  # noqa: PLC0415  (the catalog imports this package, and must not compile)

    make(out, seed=seed, progress=progress or (lambda _name, _share: None))

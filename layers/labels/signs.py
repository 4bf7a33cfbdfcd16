"""Values that stations show over the picture.

Observations change, and the Scene does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from layers.labels.symbols import Sign


@dataclass(frozen=True, kw_only=True)
class Signs:
    """Signs and rain bars of all stations.

    ``stations``: signs by station id. ``rain_mm``: rain of 24 hours by station, (mm, share known);
    ``rain_mark`` precedes each amount, where they are not of the scene's moment.
    """

    stations: Mapping[str, Sign] = field(default_factory=dict)
    rain_mm: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    rain_mark: str = ""

    @cached_property
    def placing(self) -> int:
        """Hash of all that decides where labels are placed.

        Everything but the texts' details.
        """
        signs = ((id_, s.name, s.state, s.rank, s.tone, s.shown, s.asked) for id_, s in self.stations.items())
        return hash((frozenset(signs), frozenset(self.rain_mm.items()), self.rain_mark))


NO_SIGNS = Signs()

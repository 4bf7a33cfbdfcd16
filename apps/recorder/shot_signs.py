"""Signs of stations in a film: frozen or observed values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from apps.recorder.observed import Observed
from apps.session.station_signs import sign
from layers.labels.signs import Signs
from twin.basin import Basin
from twin.bilingual import Language
from twin.stations.latest import value_at
from twin.stations.model import Observation
from twin.stations.snapshot import Now, ValueNow
from twin.stations.status import main_datastream, statuses
from twin.storyboard.frozen_values import FrozenValues

RENEWED_S = 0.5
"""Values of history change so often in a film, not with every frame: they are read by people."""
KEPT = 64


class FilmSigns:
    """Signs of a basin's stations, each with its value's time."""

    def __init__(
        self,
        basin: Basin,
        *,
        language: Language,
        frozen: FrozenValues | None,
        observed: Observed | None,
    ) -> None:
        network = basin.network()
        self._language, self._observed = language, observed
        self._zone = ZoneInfo(basin.site.time_zone)
        self._mains = (
            {}
            if network is None
            else {
                id_: (station, main_datastream(station, network.of_station(id_)))
                for id_, station in network.stations.items()
            }
        )
        self.frozen = Signs() if frozen is None else self._signs(self._frozen(frozen))
        self._then = lru_cache(maxsize=KEPT)(self._of)

    def then(self, at: datetime, known_at: datetime | None) -> Signs:
        """Return what was observed at a time. Raises StoreError."""
        return self._then(at, known_at)

    def _of(self, at: datetime, known_at: datetime | None) -> Signs:
        return Signs() if self._observed is None else self._signs(self._observed.values(at, known_at))

    def _signs(self, values: Mapping[str, ValueNow]) -> Signs:
        found = statuses(self._mains, Now(values=values), lambda _: 0.0)
        return Signs(
            stations={
                id_: sign(status, self._language, shown=True, reach="then", zone=self._zone)
                for id_, status in found.items()
            }
        )

    def _frozen(self, frozen: FrozenValues) -> dict[str, ValueNow]:
        """Values by datastream, as old as they were when they were frozen."""
        given = {(value.station, value.parameter): value for value in frozen.values}
        found = {}
        for id_, (_, main) in self._mains.items():
            value = None if main is None else given.get((id_, main.property))
            if main is None or value is None:
                continue
            observation = Observation(
                datastream=main.id,
                phenomenon_at=value.time,
                received_at=frozen.at,
                value=value.value,
                quality=value.quality,
            )
            found[main.id] = value_at(main, observation, frozen.at)
        return found

"""Opened basin of the hub, at each level of access."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from apps.painter.messages import Target
from apps.session.flood_replay import Flood, first_flood
from apps.session.lacks import Lack, lacks_of
from apps.session.session import Session
from layers.heights import Ground, ground_of
from twin.access import LEVELS
from twin.search.gazetteer import toponyms
from twin.search.place_index import PlaceIndex

if TYPE_CHECKING:
    from twin.basin import Basin
    from twin.catalog.types import Access


@dataclass(frozen=True, kw_only=True)
class Opened:
    """Opened basin that all desks of a level of access share.

    Everything in it is without what the level does not see. ``models`` is the basin of the generation whose
    models are shown (a build goes on), ``lacks`` what is missing of the data, by layer, ``places`` what can
    be searched for.
    """

    basin: Basin
    models: Basin
    sees: Access
    ground: Ground
    flood: Flood | None
    lacks: Mapping[str, Sequence[Lack]]
    places: PlaceIndex

    @property
    def target(self) -> Target:
        """Products and level of access that a painter draws."""
        return Target(generation=self.basin.generation.id, models=self.models.generation.id, sees=self.sees)

    def grown(self, models: Basin) -> Opened:
        """Return it with models of a later generation; takes 0.1 s."""
        models = models.seen_by(self.sees)
        models.affected  # noqa: B018  (read here, in a thread, and not under a hand)
        return replace(self, models=models, lacks=lacks_of(models))

    def seen_by(self, sees: Access) -> Opened:
        """Filter it by a level of access; takes 0.1 s.

        Raises NothingToSeeError.
        """
        basin, models = self.basin.seen_by(sees), self.models.seen_by(sees)
        if basin is self.basin and models is self.models:
            return replace(self, sees=sees)
        models.affected  # noqa: B018
        return replace(
            self,
            basin=basin,
            models=models,
            sees=sees,
            flood=first_flood(basin),
            lacks=lacks_of(models),
            places=PlaceIndex(partial(toponyms, basin)),
        )

    def session(self) -> Session:
        """Start a visitor's session at this basin."""
        session = Session(self.basin, flood=self.flood, ground=self.ground)
        session.lacks, session.places, session.models = self.lacks, self.places, self.models
        return session


def opened(basin: Basin) -> Opened:
    """Read what desks share of a basin, at the highest access."""
    found = Opened(
        basin=basin,
        models=basin,
        sees=LEVELS[-1],
        ground=ground_of(basin),
        flood=first_flood(basin),
        lacks=lacks_of(basin),
        places=PlaceIndex(partial(toponyms, basin)),
    )
    basin.affected  # noqa: B018
    found.session().report  # noqa: B018  (a basin without a curve fails here, and not under a hand)
    return found

"""Catalog entries that each product is made from, for access."""

from __future__ import annotations

from collections.abc import Mapping

from twin.catalog import (
    BarrierEntry,
    Catalog,
    Entry,
    ImageryEntry,
    InsetEntry,
    LandcoverEntry,
    SurroundingsEntry,
    TerrainEntry,
)
from twin.catalog.layer_kinds import entry_model

_GROUND: tuple[type[Entry], ...] = (TerrainEntry, InsetEntry, BarrierEntry)
_PICTURE: tuple[type[Entry], ...] = (*_GROUND, LandcoverEntry, ImageryEntry)
_OF_MANY: Mapping[str, tuple[type[Entry], ...]] = {
    "ground": _GROUND,
    "water": _GROUND,
    "picture": _PICTURE,
    "terrain-tiles": _PICTURE,
    "surroundings": (SurroundingsEntry,),
}
_OF_ONE = ("vectors", "tables", "stations", "models")


def entries_of(step: str, catalog: Catalog) -> tuple[Entry, ...] | None:
    """Return the entries that a step's product is made from.

    None where that is not known: an entry that has gone from the catalog or is broken, an unknown step, the
    sources of the sample.
    """
    if step in _OF_MANY:
        return _all_of(_OF_MANY[step], catalog)
    group, _, rest = step.partition("/")
    entry = catalog.entries.get(rest.partition("/")[0]) if group in _OF_ONE else None
    if entry is None:
        return None
    if entry.driver != "sample" or group not in ("stations", "models"):
        return (entry,)
    ground = _all_of(_GROUND, catalog)  # the sample's villages and gauges are placed on the ground
    return None if ground is None else (entry, *ground)


def _all_of(classes: tuple[type[Entry], ...], catalog: Catalog) -> tuple[Entry, ...] | None:
    if any(issubclass(entry_model(broken.kind), classes) for broken in catalog.broken.values()):
        return None
    return tuple(entry for entry in catalog.entries.values() if isinstance(entry, classes))

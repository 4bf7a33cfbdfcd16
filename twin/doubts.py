"""Collect omissions and doubts of a generation.

In each product, and between them.
"""

from __future__ import annotations

from collections.abc import Iterator

from twin.access import access_doubts
from twin.basin import Basin
from twin.catalog import ModelEntry, StationsEntry
from twin.cross_checks import model_doubts
from twin.notes import Notes
from twin.products import stations_step_name
from twin.station_checks import station_doubts
from twin.stations.network import load_network
from twin.water.curve_agreement import edition_doubts, range_doubts, terrain_doubts


def notes_of(basin: Basin) -> dict[str, Notes]:
    """Return omissions and doubts by entry, in build order.

    Of an open basin.
    """
    found = dict(basin.notes)
    for entry, line in (*_curves(basin), *_floods(basin), *_places(basin), *access_doubts(basin.catalog)):
        found[entry] = found.get(entry, Notes()) + Notes(lines=(line,))
    return found


def _curves(basin: Basin) -> Iterator[tuple[str, str]]:
    """What curves contradict beside themselves."""
    reservoir = basin.catalog.head.reservoir
    curves = list(basin.curves.values())
    for curve in curves:
        words = [
            *range_doubts(curve, lowest_m=reservoir.lowest_m, highest_m=reservoir.highest_m),
            *(edition_doubts(curve, curves[0]) if curve is not curves[0] else ()),
            *(terrain_doubts(curve, basin.hypsometry) if basin.generation.has("water") else ()),
        ]
        yield from ((curve.id, doubt) for doubt in words)


def _floods(basin: Basin) -> Iterator[tuple[str, str]]:
    """Floods that are kept and cannot be replayed."""
    if not basin.generation.has("water"):
        return
    basin.floods  # noqa: B018  (finds out)
    for entry, why in basin.flood_faults.items():
        yield entry, f"is read, but cannot be replayed: {why}"


def _places(basin: Basin) -> Iterator[tuple[str, str]]:
    """What models and stations contradict in the catalog and its site."""
    for model in basin.catalog.of_class(ModelEntry):
        yield from ((model.id, line) for line in model_doubts(basin.catalog, model))
    for entry in basin.catalog.of_class(StationsEntry):
        if entry.driver != "sample" and basin.generation.has(step := stations_step_name(entry.id)):
            network = load_network(basin.generation.path(step))
            yield from ((entry.id, line) for line in station_doubts(basin.catalog, network))

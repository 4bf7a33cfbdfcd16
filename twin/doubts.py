"""Collect what a generation left out or doubts: in each product, and between them."""

from __future__ import annotations

from collections.abc import Iterator

from twin.basin import Basin
from twin.water.agreement import edition_doubts, range_doubts, terrain_doubts


def doubts_of(basin: Basin) -> list[tuple[str, str]]:
    """(entry, doubt in English) of an open basin, in the order it was built."""
    kept = [(entry, line) for entry, notes in basin.notes.items() for line in notes.lines]
    return [*kept, *_between(basin)]


def _between(basin: Basin) -> Iterator[tuple[str, str]]:
    """What curves contradict beside themselves."""
    reservoir = basin.catalog.head.reservoir
    curves = list(basin.curves.values())
    for curve in curves:
        words = [
            *range_doubts(curve, lowest_m=reservoir.lowest_m, highest_m=reservoir.highest_m),
            *(edition_doubts(curve, curves[0]) if curve is not curves[0] else ()),
            *terrain_doubts(curve, basin.hypsometry),
        ]
        yield from ((curve.id, doubt) for doubt in words)

"""Collect what is doubtful in a generation: in each product, and between them."""

from __future__ import annotations

from twin.basin import Basin
from twin.build.doubts import FILE
from twin.build.writing import read_json
from twin.water.agreement import edition_doubts, range_doubts, terrain_doubts


def doubts_of(basin: Basin) -> list[tuple[str, str]]:
    """(entry, doubt in English) of an open basin, in the order it was built."""
    files = [basin.generation.path(step) / FILE for step in basin.generation.products]
    found = [
        (str(entry), str(words))
        for file in files
        if file.is_file()
        for entry, told in read_json(file).items()
        for words in told
    ]
    return found + _between(basin)


def _between(basin: Basin) -> list[tuple[str, str]]:
    """What curves contradict beside themselves."""
    reservoir = basin.catalog.head.reservoir
    curves = list(basin.curves.values())
    found: list[tuple[str, str]] = []
    for curve in curves:
        words = [
            *range_doubts(curve, lowest_m=reservoir.lowest_m, highest_m=reservoir.highest_m),
            *(edition_doubts(curve, curves[0]) if curve is not curves[0] else ()),
            *terrain_doubts(curve, basin.hypsometry),
        ]
        found += [(curve.id, doubt) for doubt in words]
    return found

"""Level of access that each product of a generation needs."""

from __future__ import annotations

from twin.access import LEVELS, is_ground
from twin.basin import GROUND_PRODUCTS
from twin.catalog import Catalog
from twin.catalog.types import Access


def access_of(step: str, catalog: Catalog) -> Access | None:
    """Return the highest access of a product's entries.

    A broken entry counts as the highest. None where it is not known: an entry that has gone from the catalog,
    the sources of the sample.
    """
    entry = step.partition("/")[2].partition("/")[0]
    if step not in GROUND_PRODUCTS and entry not in catalog.entries:
        return LEVELS[-1] if entry in catalog.broken else None
    if step not in GROUND_PRODUCTS:
        return catalog.entries[entry].access
    if catalog.broken:
        return LEVELS[-1]  # one of them may be of the ground
    return max((one.access for one in catalog.entries.values() if is_ground(one)), key=LEVELS.index)

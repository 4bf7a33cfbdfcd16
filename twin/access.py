"""Filter a catalog by a level of access.

The ground is one: heights, water, picture and surroundings are made from several entries and cannot be taken
apart again, so it is as visible as the most restricted of them. Everything else is an entry of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

from twin.catalog import BarrierEntry, Catalog, CurveEntry, Entry
from twin.catalog.layer_kinds import kind_of
from twin.catalog.types import Access
from twin.errors import TwinError

LEVELS: tuple[Access, ...] = get_args(Access)
"""Each level sees what those before it see."""
GROUND = ("terrain", "surroundings")
"""Layers that entries of the ground are shown by."""


class NothingToSeeError(TwinError):
    """Level of access below that of ground or curve."""

    zh = "您的权限不足以查看本流域：地形、水位库容曲线等基础数据未向您开放，请与管理员联系"


def allows(sees: str, access: str) -> bool:
    """Return whether a level includes another.

    An unknown level includes nothing, and none includes it.
    """
    return sees in LEVELS and access in LEVELS[: LEVELS.index(sees) + 1]


def catalog_seen_by(catalog: Catalog, sees: str) -> Catalog:
    """Return the catalog filtered by a level.

    Itself where the level includes all of it. What level a broken entry has is not known: it takes the
    highest. Raises NothingToSeeError where a part of the ground, or every curve, is withheld.
    """
    entries = {id_: entry for id_, entry in catalog.entries.items() if allows(sees, entry.access)}
    broken = catalog.broken if allows(sees, LEVELS[-1]) else {}
    if len(entries) == len(catalog.entries) and len(broken) == len(catalog.broken):
        return catalog
    withheld = [entry for id_, entry in catalog.entries.items() if id_ not in entries]
    curves = catalog.of_class(CurveEntry)
    if any(map(is_ground, withheld)) or (curves and not any(curve.id in entries for curve in curves)):
        raise NothingToSeeError(
            "data that this basin's view is made of (its terrain, its curve) is not open to you: "
            "ask the administrator"
        )
    return replace(catalog, entries=entries, broken=broken)


def sees_all(catalog: Catalog, sees: str) -> bool:
    """Return whether a level includes all entries, broken ones too."""
    try:
        return catalog_seen_by(catalog, sees) is catalog
    except NothingToSeeError:
        return False


def is_ground(entry: Entry) -> bool:
    """Return whether ground, water or picture are made from an entry."""
    return isinstance(entry, BarrierEntry) or kind_of(entry.kind).shown_by in GROUND


def access_doubts(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Yield entries whose access closes the basin to some, and why.

    Or gives them the storages of another curve.
    """
    ground = [entry for entry in catalog.entries.values() if is_ground(entry)]
    levels = [entry.access for entry in ground]
    for entry in ground:
        if not allows(min(levels, key=LEVELS.index), entry.access):
            yield entry.id, _closing(entry)
    curves, least = catalog.of_class(CurveEntry), max(levels, key=LEVELS.index, default=LEVELS[0])
    seen = [curve for curve in curves if allows(least, curve.access)]
    if curves and not seen:
        closing = min(curves, key=lambda curve: LEVELS.index(curve.access))
        yield closing.id, _closing(closing)
    elif curves and seen[0] is not curves[0]:
        words = "it is the default curve: who does not see it reads the storages of"
        yield curves[0].id, f"access: {curves[0].access}, and {words} {seen[0].id}"


def _closing(entry: Entry) -> str:
    words = "all water and ground depend on it: who does not see it sees nothing of this basin"
    return f"access: {entry.access}, and {words}"

"""Expand implicit quadtrees and octrees.

Subtree files become tiles with a level, x, y and z.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from meshes.errors import DamagedError, ForeignFileError, OverLimitError, UnsupportedForeignError
from meshes.readers.sandbox.json_values import whole
from meshes.readers.sandbox.rows import MOST_TILES
from meshes.readers.sandbox.subtree import Place, Subtree
from meshes.readers.sandbox.uris import found

MOST_LEVELS = {4: 12, 8: 8}
_SCHEMES = {"QUADTREE": 4, "OCTREE": 8}


@dataclass(kw_only=True)
class ImplicitTree:
    """Tiles of an implicit tree.

    ``contents``: which of the content templates a tile has; a tile without is there all the same. ``ways`` is
    4 of a quadtree, 8 of an octree, whose z is not always 0. ``broken``: the tiles at which a subtree should
    begin that cannot be read, each with the reason.
    """

    ways: int
    contents: dict[Place, tuple[bool, ...]] = field(default_factory=dict)
    broken: dict[Place, str] = field(default_factory=dict)

    def children(self, at: Place) -> list[Place]:
        """Return a tile's children, as far as they exist."""
        level, x, y, z = at
        steps = (0, 1) if self.ways == 8 else (0,)
        places = [
            (level + 1, 2 * x + dx, 2 * y + dy, 2 * z + dz) for dz in steps for dy in (0, 1) for dx in (0, 1)
        ]
        return [place for place in places if place in self.contents]


def named(template: object, at: Place) -> str:
    """Fill in a template's ``{level}``, ``{x}``, ``{y}``, ``{z}``.

    Raises DamagedError.
    """
    if not isinstance(template, str):
        raise DamagedError("an implicit tileset's URI is no text")
    for word, number in zip(("{level}", "{x}", "{y}", "{z}"), at, strict=True):
        template = template.replace(word, str(number))
    return template


def filled(content: object, at: Place) -> object:
    """Fill in a content's template.

    What is none stays as it is.
    """
    name = content.get("uri", content.get("url")) if isinstance(content, dict) else None
    return {"uri": named(name, at)} if isinstance(name, str) else content


def implicit_tree(
    told: dict[str, Any], *, templates: int, folder: Path, root: Path, before: int = 0
) -> ImplicitTree:
    """Return all tiles of the subtree files.

    After ``before`` others. A bad subtree costs what is under it. Raises DamagedError,
    UnsupportedForeignError, OverLimitError.
    """
    if told.get("subdivisionScheme") is None:
        raise DamagedError("its implicit tiling has no subdivisionScheme")
    ways = _SCHEMES.get(str(told.get("subdivisionScheme")).upper())
    if ways is None:
        raise UnsupportedForeignError(
            f"is an implicit {told.get('subdivisionScheme')}, which is not read: QUADTREE and OCTREE are"
        )
    deep, levels = _whole(told, "subtreeLevels"), _whole(told, "availableLevels")
    if not 1 <= deep <= MOST_LEVELS[ways] or not 1 <= levels <= 60:
        raise OverLimitError(
            f"has implicit subtrees of {deep} levels in {levels}: {MOST_LEVELS[ways]} in 60 are read"
        )
    uris = told.get("subtrees")
    template = uris.get("uri") if isinstance(uris, dict) else None
    tree = ImplicitTree(ways=ways)
    waiting: deque[Place] = deque([(0, 0, 0, 0)])
    while waiting:
        at = waiting.popleft()
        if at[0] >= levels:
            continue
        name = named(template, at)
        try:
            file = found(name, folder=folder, root=root)
            subtree = Subtree(file, root=root, deep=deep, templates=templates, ways=ways)
            own = subtree.tiles(at, lowest=levels)
        except ForeignFileError as error:
            if not at[0]:
                raise type(error)(f"its subtree {name}: {error.message}") from None
            tree.broken[at] = f"its subtree {name}: {error.message}"
            own = {at: ()}
            subtree = None
        if before + len(tree.contents) + len(own) > MOST_TILES:
            raise OverLimitError(f"has more than {MOST_TILES:,} tiles")
        tree.contents |= own
        if subtree is not None:
            waiting.extend(subtree.below(at))
    return tree


def _whole(told: dict[str, Any], name: str) -> int:
    if told.get(name) is None:
        raise DamagedError(f"its implicit tiling has no {name}")
    return whole(told[name], f"its {name}")

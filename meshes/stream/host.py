"""Protocol of a renderer as the streaming core needs it."""

from __future__ import annotations

from typing import Protocol, TypeVar

from meshes.tiles.content import Content


class Prepared(Protocol):
    """Tile ready to be made drawable."""

    @property
    def nbytes(self) -> int:
        """Bytes it takes while it is loaded, pictures decoded."""


P = TypeVar("P", bound=Prepared)
H = TypeVar("H")


class Host(Protocol[P, H]):
    """Makes tiles drawable and frees them.

    What it raises in the first two breaks the tile, not the view.
    """

    def prepare(self, content: Content) -> P:
        """Prepare a tile without the renderer.

        Called in a load thread, in several at a time.
        """

    def make(self, prepared: P) -> H:
        """Make a tile drawable, not yet shown; called on the main thread."""

    def free(self, handle: H) -> None:
        """Free a tile, also from the screen; on the main thread."""

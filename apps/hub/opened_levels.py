"""Opened basin of the hub, filtered by each level of access once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.hub.opened import Opened
    from twin.basin import Basin
    from twin.catalog.types import Access


class OpenedLevels:
    """Cache of one opened basin at levels of access.

    ``whole`` is the basin at the highest level, None before one is open.
    """

    def __init__(self) -> None:
        self.whole: Opened | None = None
        self._found: dict[Access, Opened] = {}
        self._filtering = asyncio.Lock()

    def take(self, opened: Opened) -> None:
        """Replace the basin."""
        self.whole, self._found = opened, {}

    async def seen_by(self, sees: Access) -> Opened | None:
        """Return the basin at a level of access, once it is open.

        Takes 0.1 s in a thread, once a level. Raises NothingToSeeError where the ground or every curve is
        withheld.
        """
        async with self._filtering:
            found = self._found  # of this basin: another may be taken while the thread filters
            if self.whole is not None and sees not in found:
                found[sees] = await asyncio.to_thread(self.whole.seen_by, sees)
            return found.get(sees)

    def known(self, sees: Access) -> Opened | None:
        """Return the basin at a level in use, else None."""
        return self._found.get(sees)

    async def grow(self, models: Basin) -> None:
        """Add models of a later generation at every level in use."""
        async with self._filtering:
            if self.whole is not None:
                self.whole = await asyncio.to_thread(self.whole.grown, models)
                for sees, opened in self._found.items():
                    self._found[sees] = await asyncio.to_thread(opened.grown, models)

"""Define a room: parts of a page, its address, its role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from apps.parts.part import Part


@dataclass(frozen=True, kw_only=True)
class Room:
    """Page with an address of its own.

    The page's socket names its room by ``id``. ``path`` is the address below the server's own, without a
    leading slash; ``needs`` is the role of :mod:`apps.hub.visitor` that opens it. A ``shared`` room
    shows the one wall; any other gives each visitor a desk.
    """

    id: str
    path: str
    parts: Sequence[Part]
    needs: Literal["watch", "operate"] = "watch"
    shared: bool = False

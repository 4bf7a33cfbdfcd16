"""Result of one frame of streaming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from meshes.stream.host import H


@dataclass(frozen=True, kw_only=True)
class Update(Generic[H]):
    """Result of the streaming core for one frame.

    ``draw``: index in ``Streamer.tree`` and handle of every tile to show. ``appeared`` and ``vanished``: the
    handles that the frame before did not show, and those that it did; a handle freed since is not listed, as
    freeing takes it off the screen. ``missing``: tiles the views need at this error that are not loaded.
    ``error_px``: the limit of the error, more than asked for where the budget is too small. ``nbytes``: of
    all that is loaded.
    """

    draw: tuple[tuple[int, H], ...]
    appeared: tuple[H, ...]
    vanished: tuple[H, ...]
    missing: int
    error_px: float
    nbytes: int

"""Adapt the screen-space error so that tiles fit the budget."""

from __future__ import annotations

STEP = 1.25
"""Each raise of the limit; a quarter more error is about a third fewer bytes."""

ROOM = 0.9
"""Part of the budget that a finer selection may fill; the rest keeps raise and lowering apart."""

MOST = 64.0
"""The limit is never raised above this many times what was asked for."""


class AdaptiveError:
    """Limit of the error on the screen.

    The requested one, or more where the budget is too small.
    """

    def __init__(self) -> None:
        self._raised_px = 0.0

    def limit_px(self, asked_px: float) -> float:
        """Return the limit now, px.

        Not less than ``asked_px`` and not more than ``MOST`` times it.
        """
        return min(max(asked_px, self._raised_px), MOST * asked_px)

    def finer_px(self, asked_px: float) -> float | None:
        """Return the next finer limit, or None at the requested one."""
        limit = self.limit_px(asked_px)
        return max(asked_px, limit / STEP) if limit > asked_px else None

    def loosen(self, asked_px: float) -> bool:
        """Raise the limit by one step.

        False when it is as high as it goes.
        """
        before = self.limit_px(asked_px)
        self._raised_px = before * STEP
        return self.limit_px(asked_px) > before

    def tighten(self, asked_px: float) -> None:
        """Lower the limit by one step."""
        self._raised_px = self.finer_px(asked_px) or 0.0

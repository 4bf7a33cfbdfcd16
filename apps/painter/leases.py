"""Schedule painters for views: priority, round robin, sticky leases.

Pure logic, without processes: orders in, the next order of a painter that is free out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import IntEnum
from math import inf

AGED_S = 1.0
"""A still that has waited so long goes before moving frames; one every so many seconds, as it takes as long
as five of them."""
MOVES_S = 2.0
"""A view counts as moving for so long after a moving frame: a hand pauses."""


FIRST = -1


class Priority(IntEnum):
    """Priority class of an order; lower numbers go first.

    ``QUICK`` ones (labels, what is under a point) go first every other time: they cost little, and no page
    opens without them. The wall keeps no other out: one in a second goes before it.
    """

    WALL = 0
    MOVING = 1
    QUICK = 2
    STILL = 3


@dataclass(eq=False, kw_only=True)
class Order:
    """Waiting request of a view.

    One that ``follows`` adds to samples that only the painter of the view's last order has.
    """

    view: str
    priority: Priority
    follows: bool = False
    since_s: float = 0.0


class Leases:
    """Leases of views by painter, and the queue of orders.

    A view stays with its painter, which has its tiles, labels and samples, while that runs and no other is
    less busy. ``clock`` must be monotonic.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: list[Order] = []
        self._painter_of: dict[str, Hashable] = {}
        self._drawing: dict[Hashable, Order] = {}
        self._turns: dict[str, int] = {}
        self._moved_s: dict[str, float] = {}
        self._turn = 0
        self._aged_s = self._before_wall_s = -inf
        self._quick_last = False

    @property
    def waiting(self) -> tuple[Order, ...]:
        """Orders that no painter has taken."""
        return tuple(self._waiting)

    def add(self, order: Order) -> bool:
        """Add an order to the queue.

        False where the painter of its samples is gone.
        """
        if order.follows and order.view not in self._painter_of:
            return False
        order.since_s = self._clock()
        self._waiting.append(order)
        return True

    def drop(self, order: Order) -> bool:
        """Remove an order that waits; False where it does not."""
        if order not in self._waiting:
            return False
        self._waiting.remove(order)
        return True

    def next(self, painter: Hashable) -> Order | None:
        """Take a free painter's next order, and lease the view."""
        busy = self._busy()
        mine = [order for order in self._waiting if self._may(order, painter, busy)]
        if not mine:
            return None
        order = min(mine, key=self._rank)
        if self._goes_before_wall(order):
            self._before_wall_s = self._clock()
        self._quick_last = order.priority is Priority.QUICK
        self._waiting.remove(order)
        self._drawing[painter] = order
        if order.priority is not Priority.QUICK:
            self._painter_of[order.view] = painter
            self._turn += 1
            if order.priority is Priority.STILL and self._aged(order):
                self._aged_s = self._clock()
            self._turns[order.view] = self._turn
        if order.priority <= Priority.MOVING:
            self._moved_s[order.view] = self._clock()
        return order

    def done(self, painter: Hashable) -> None:
        """Mark a painter as free again."""
        self._drawing.pop(painter, None)

    def end(self, painter: Hashable) -> list[Order]:
        """End all leases of a painter that is gone.

        Returns the orders that no other can draw.
        """
        self.done(painter)
        views = {view for view, holder in self._painter_of.items() if holder == painter}
        for view in views:
            del self._painter_of[view]
        lost = [order for order in self._waiting if order.follows and order.view in views]
        self._waiting = [order for order in self._waiting if order not in lost]
        return lost

    def forget(self, view: str) -> None:
        """Forget a view that has ended."""
        for known in (self._painter_of, self._turns, self._moved_s):
            known.pop(view, None)

    @property
    def leased(self) -> int:
        """Number of views that have a painter."""
        return len(self._painter_of)

    def load(self, painter: Hashable) -> tuple[int, int]:
        """Count a painter's moving views, and all of its views."""
        moving, _ = self._busy()
        return len(moving[painter]), sum(holder == painter for holder in self._painter_of.values())

    # -- inner ----------------------------------------------------------------------------------------

    def _busy(self) -> tuple[_Views, _Views]:
        """The moving views of each painter, and those of which an order waits or is drawn."""
        now = self._clock()
        moving, asking = _Views(), _Views()
        for view, at in self._moved_s.items():
            if now - at < MOVES_S and view in self._painter_of:
                moving[self._painter_of[view]].add(view)
        for order in (*self._waiting, *self._drawing.values()):
            if order.view in self._painter_of:
                asking[self._painter_of[order.view]].add(order.view)
        return moving, asking

    def _may(self, order: Order, painter: Hashable, busy: tuple[_Views, _Views]) -> bool:
        """Whether a free painter may take an order: its own, nobody's, or that of a busier painter."""
        holder = self._painter_of.get(order.view)
        if holder is None or holder == painter:
            return True
        if order.follows or order.priority is Priority.QUICK:
            return False
        moving, asking = busy

        def others(of: Hashable) -> int:
            """How many other views keep a painter busy; stills do not hinder a moving one."""
            views = moving[of] if order.priority <= Priority.MOVING else moving[of] | asking[of]
            return len(views - {order.view})

        return others(holder) > others(painter)

    def _rank(self, order: Order) -> tuple[int, int, int]:
        """Place of an order in the queue: its class, then whose turn is longest ago."""
        turn = self._turns.get(order.view, 0)  # a view without any picture comes first
        if order.priority is Priority.QUICK:
            return (Priority.MOVING if self._quick_last else FIRST, turn, 0)
        if self._goes_before_wall(order):
            return (FIRST, turn, 0)
        if order.priority is Priority.WALL:
            return (Priority.WALL, turn, 0)
        if order.priority is Priority.STILL:
            return (Priority.MOVING, -1, turn) if self._aged(order) else (Priority.STILL, turn, 0)
        return (Priority.MOVING, turn, 0)

    def _goes_before_wall(self, order: Order) -> bool:
        if order.priority not in (Priority.MOVING, Priority.STILL):
            return False
        if not any(other.priority is Priority.WALL for other in self._waiting):
            return False
        return self._clock() - max(order.since_s, self._before_wall_s) > AGED_S

    def _aged(self, order: Order) -> bool:
        return self._clock() - max(order.since_s, self._aged_s) > AGED_S


class _Views(dict[Hashable, set[str]]):
    """Views by painter."""

    def __missing__(self, painter: Hashable) -> set[str]:
        self[painter] = set()
        return self[painter]

"""When to draw, and how large: the small arithmetic behind the stream, without any input or output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

REST_S = 0.18
"""So long after the last movement the camera counts as resting, and the still is drawn."""

ACK_TIMEOUT_S = 1.5
"""A frame that no browser has confirmed for so long is taken for lost."""

BUDGET_S = 0.045
"""A moving frame should not take longer than this to draw."""


@dataclass(frozen=True)
class Sharpness:
    """How finely a frame is drawn.

    ``scale`` is its share of the window's linear resolution; ``max_error_px`` is how many of its pixels the
    ground's silhouettes may be off.
    """

    scale: float
    max_error_px: float

    @property
    def cost(self) -> float:
        """Time to draw, roughly, in no unit: it grows with the pixels, and less with the triangles."""
        return self.scale**2 * (1.0 + 1.6 / self.max_error_px)


STILL = Sharpness(1.0, 1.6)
MOVING = (Sharpness(0.5, 8.0), Sharpness(0.6, 1.6), Sharpness(0.75, 1.6), STILL)
"""Steps for moving frames, from a slow machine's to a fast one's. With fewer pixels they would be too unlike
the still that follows; coarser ground hardly shows while it moves (docs/decisions/desk-stream.md)."""


@dataclass(kw_only=True)
class Credit:
    """How many frames may be on their way to the browser at once.

    Two: one travels or is being painted while the next is drawn. A third would only wait in a queue and
    be old when it is shown. ``clock`` must be monotonic.
    """

    clock: Callable[[], float]
    limit: int = 2
    _sent: dict[int, float] = field(default_factory=dict)

    def sent(self, number: int) -> None:
        self._sent[number] = self.clock()

    def acknowledged(self, number: int) -> None:
        """A browser has painted ``number``; frames before it are done with, too."""
        for old in [n for n in self._sent if n <= number]:
            del self._sent[old]

    @property
    def free(self) -> bool:
        return self.wait_s <= 0.0

    @property
    def wait_s(self) -> float:
        """Seconds until a lost frame gives its place back; 0 when there is room now."""
        now = self.clock()
        for number in [n for n, at in self._sent.items() if now - at > ACK_TIMEOUT_S]:
            del self._sent[number]
        if len(self._sent) < self.limit:
            return 0.0
        return max(0.001, ACK_TIMEOUT_S - (now - min(self._sent.values())))

    def forget(self) -> None:
        """The browser is gone: nothing is on its way any more."""
        self._sent.clear()


@dataclass(kw_only=True)
class Motion:
    """Whether the picture moves, and how sharp a moving picture may be on this machine."""

    clock: Callable[[], float]
    until: float = 0.0
    sharpness: Sharpness = MOVING[0]
    _seconds: float | None = None

    def keep_going(self, seconds: float = REST_S) -> None:
        """Something moves: draw fast frames until ``seconds`` from now."""
        self.until = max(self.until, self.clock() + seconds)

    @property
    def moving(self) -> bool:
        return self.clock() < self.until

    @property
    def rest_in_s(self) -> float:
        return max(0.0, self.until - self.clock())

    def took(self, seconds: float) -> None:
        """Learn from a moving frame: one step up when there is ample time, down when there is none."""
        self._seconds = seconds if self._seconds is None else 0.8 * self._seconds + 0.2 * seconds
        step = MOVING.index(self.sharpness)
        if self._seconds > BUDGET_S and step > 0:
            self._change(MOVING[step - 1])
        elif step + 1 < len(MOVING):
            finer = MOVING[step + 1]
            if self._seconds * finer.cost / self.sharpness.cost < 0.7 * BUDGET_S:
                self._change(finer)

    def _change(self, sharpness: Sharpness) -> None:
        self.sharpness, self._seconds = sharpness, None

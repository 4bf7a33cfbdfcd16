"""Pace frames: arithmetic of credit and motion, without any I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

REST_S = 0.18
"""So long after the last movement the camera counts as resting, and the still is drawn."""

ACK_TIMEOUT_S = 1.5
"""A frame that no browser has confirmed for so long is taken for lost; longer, where the line is slow."""
ACK_LONGEST_S = 20.0
MOVING_S, STILL_S, FINE_S = 0.5, 2.0, 4.0
"""A picture may occupy the line for so long; a sharper one would keep those after it from being true."""
BEST = 0
COST = {90: 1.0, 75: 0.36, 55: 0.23, 35: 0.16}
"""Bytes of a JPEG by its quality, as a part of those of the best; the finer ones keep all of the colour."""


@dataclass(frozen=True)
class Thrift:
    """Savings of bytes on a slow line.

    Less resolution, by ``scale``, and less JPEG ``quality``; quality 0 is the kind's own.
    """

    scale: float = 1.0
    quality: int = BEST

    @property
    def cost(self) -> float:
        """Bytes as a part of those without savings, roughly."""
        return self.scale**2 * COST.get(self.quality, 1.0)


MOVING_STEPS = (Thrift(), Thrift(1.0, 75), Thrift(0.8, 55), Thrift(0.6, 55), Thrift(0.45, 35))
STILL_STEPS = (Thrift(), Thrift(1.0, 75), Thrift(1.0, 55), Thrift(1.0, 35))
"""Stills keep their resolution: another one would ask for other tiles."""


@dataclass(kw_only=True)
class LineRate:
    """Rate of a browser's line.

    What it measured while it loaded, then what acknowledgements show.

    ``clock`` must be monotonic. None before anything is known.
    """

    clock: Callable[[], float]
    seconds_per_byte: float | None = None
    _whole: dict[bool, float] = field(default_factory=lambda: {False: 100e3, True: 400e3})
    """Bytes of a moving picture, and of a still, without savings."""
    _free_at: float = 0.0

    def acknowledged(self, nbytes: int, sent_at: float) -> None:
        """Record a painted picture.

        Those sent before it had the line first. Times are averaged, not rates: of two confirmations that
        come together the second shows no rate.
        """
        now = self.clock()
        found = (now - max(sent_at, self._free_at)) / nbytes
        self._free_at = now
        known = self.seconds_per_byte
        self.seconds_per_byte = found if known is None else 0.7 * known + 0.3 * found

    def drawn(self, nbytes: int, thrift: Thrift, *, still: bool) -> None:
        """Record what a picture weighs."""
        self._whole[still] += 0.3 * (nbytes / thrift.cost - self._whole[still])

    def thrift(self, *, still: bool, fine: bool = False) -> Thrift:
        """Return the least savings with which a picture passes in time."""
        steps = STILL_STEPS if still else MOVING_STEPS
        each, may = self.seconds_per_byte or 0.0, FINE_S if fine else STILL_S if still else MOVING_S
        return next((step for step in steps if step.cost * self._whole[still] * each <= may), steps[-1])

    @property
    def slow(self) -> bool:
        """Whether moving pictures are coarser for the line's sake."""
        return self.thrift(still=False) != MOVING_STEPS[0]


@dataclass(kw_only=True)
class Credit:
    """Number of frames that may be in flight to the browser.

    Two: one travels or is being painted while the next is drawn. A third would only wait in a queue and
    be old when it is shown. ``clock`` must be monotonic.
    """

    clock: Callable[[], float]
    limit: int = 2
    #: Seconds for which frames waited for their confirmation lately, the slowest of them; a guess at first.
    slowest_s: float = 2.0
    line: LineRate = field(init=False)
    _sent: dict[int, tuple[float, int]] = field(default_factory=dict)
    _newest: int = 0
    _since: float | None = None

    def __post_init__(self) -> None:
        self.line = LineRate(clock=self.clock)

    def sent(self, number: int, nbytes: int = 0) -> None:
        self._newest, now = number, self.clock()
        self._sent[number] = now, nbytes
        if self._since is None:
            self._since = now

    def acknowledged(self, number: int) -> None:
        """Acknowledge frame ``number`` and all before it."""
        if self._since is not None:
            self.slowest_s = max(self.unconfirmed_s, 0.5 * self.slowest_s)
            self._since = None if number >= self._newest else self.clock()
        done = [self._sent.pop(n) for n in sorted(self._sent) if n <= number]
        if done and (nbytes := sum(size for _, size in done)):
            self.line.acknowledged(nbytes, done[0][0])

    @property
    def unconfirmed_s(self) -> float:
        """Return seconds since a frame is under way without confirmation, or 0."""
        return 0.0 if self._since is None else self.clock() - self._since

    @property
    def free(self) -> bool:
        return self.wait_s <= 0.0

    @property
    def wait_s(self) -> float:
        """Seconds until a lost frame gives its place back.

        0 when there is room now.
        """
        now, patience = self.clock(), self._patience_s
        for number in [n for n, (at, _) in self._sent.items() if now - at > patience]:
            del self._sent[number]
        if len(self._sent) < self.limit:
            return 0.0
        return max(0.001, patience - (now - min(at for at, _ in self._sent.values())))

    @property
    def _patience_s(self) -> float:
        """A slow line takes twice as long as its rate says, before a frame is taken for lost."""
        under_way = sum(nbytes for _, nbytes in self._sent.values())
        expected_s = 2.0 * under_way * (self.line.seconds_per_byte or 0.0)
        return min(ACK_LONGEST_S, max(ACK_TIMEOUT_S, expected_s))

    def forget(self) -> None:
        """Clear frames in flight: the browser is gone."""
        self._sent.clear()
        self._since = None


@dataclass(kw_only=True)
class Motion:
    """State of motion of the picture.

    ``clock`` must be monotonic.
    """

    clock: Callable[[], float]
    until: float = 0.0

    def keep_going(self, seconds: float = REST_S) -> None:
        """Extend the motion until ``seconds`` from now."""
        self.until = max(self.until, self.clock() + seconds)

    def stop(self) -> None:
        """End the motion."""
        self.until = self.clock()

    @property
    def moving(self) -> bool:
        return self.clock() < self.until

    @property
    def rest_in_s(self) -> float:
        return max(0.0, self.until - self.clock())

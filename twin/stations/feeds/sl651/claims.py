"""Detect two lines that send for one station by turns.

And pace its messages.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from twin.stations.feeds.sl651.pace import Bucket

CONTESTED_S = 600.0
"""So long after the last turn two lines count as speaking for one station."""
PER_S, BURST = 2.0, 120.0
"""Messages of a station: a backlog of ten hours in five-minute reports at once, then two a second."""
CONTESTED_PER_S, CONTESTED_BURST = 0.2, 4.0
LONGEST_WAIT_S = 45.0
"""A message that would wait for its station's pace longer is not taken: the station sends it again."""
MOVES_PER_S, MOVES_BURST = 1 / 60.0, 6.0
"""How often a station may come on another line before that looks like two; where the line before it has ended
a fifth of that counts."""
MOST_STATIONS = 10_000


@dataclass
class _StationClaim:
    pace: Bucket
    moves: Bucket
    contested_pace: Bucket
    line: Hashable | None = None
    line_ended: bool = False
    before: set[Hashable] = field(default_factory=set)
    channels: set[Hashable] = field(default_factory=set)
    contested_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Wait before a message, and whether two lines compete.

    ``news`` is true once for each time that this begins.
    """

    wait_s: float
    contested: bool
    news: bool


class Claims:
    """Lines that send for each station of a centre.

    A station that lost its line and comes back on a new one is no contest.
    """

    def __init__(self, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._claims: OrderedDict[str, _StationClaim] = OrderedDict()

    def heard(self, station: str, line: Hashable, *, repeated: bool = False) -> Turn:
        """Count a message that a line sends in a station's name.

        ``repeated``: the same was said before. Lines that repeat each other are two channels of one station.
        """
        claim = self._of(station)
        now_s = self._clock_s()
        by_turns = False
        if claim.line == line:
            pass
        elif repeated:
            claim.channels |= {claim.line, line}
        elif {claim.line, line} <= claim.channels:
            claim.line = line
        else:
            moved = claim.line is not None and claim.moves.take(0.2 if claim.line_ended else 1.0) > 0.0
            by_turns = line in claim.before or moved
            if claim.line is not None and not claim.line_ended:
                claim.before.add(claim.line)
            claim.line, claim.line_ended = line, False
        was = claim.contested_s is not None and now_s - claim.contested_s < CONTESTED_S
        if by_turns:
            claim.contested_s = now_s
        contested = was or by_turns
        bucket = claim.contested_pace if contested and not repeated else claim.pace
        wait_s = bucket.wait_s if bucket.wait_s > LONGEST_WAIT_S else bucket.take()
        return Turn(wait_s=wait_s, contested=contested, news=by_turns and not was)

    def ended(self, line: Hashable, stations: set[str]) -> None:
        """Remove a line that has ended from its stations."""
        for station in stations:
            claim = self._claims.get(station)
            if claim is not None:
                claim.before.discard(line)
                claim.channels.discard(line)
                claim.line_ended = claim.line_ended or claim.line == line

    def _of(self, station: str) -> _StationClaim:
        claim = self._claims.get(station)
        if claim is None:
            clock_s = self._clock_s
            claim = self._claims[station] = _StationClaim(
                pace=Bucket(per_s=PER_S, burst=BURST, clock_s=clock_s),
                moves=Bucket(per_s=MOVES_PER_S, burst=MOVES_BURST, clock_s=clock_s),
                contested_pace=Bucket(per_s=CONTESTED_PER_S, burst=CONTESTED_BURST, clock_s=clock_s),
            )
            if len(self._claims) > MOST_STATIONS:
                self._claims.popitem(last=False)
        self._claims.move_to_end(station)
        return claim

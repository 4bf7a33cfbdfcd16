"""State of the wall beyond its Scene: who shows what, until when.

Pure, without a clock of its own: what is due is decided by two that are passed in.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from apps.session.drill_state import DrillState

BACK = timedelta(minutes=15)
"""What is not live leaves the wall after so long, unless it is renewed."""


@dataclass(frozen=True, kw_only=True)
class Presentation:
    """Author and times of what is shown and not live.

    ``by`` is the author's name, '' where nobody signs in; times are aware. ``drill`` names an exercise whose
    values are invented, '' for none.
    """

    by: str
    since: datetime
    back_at: datetime
    drill: str = ""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Message of an operator to all watchers."""

    text: str
    by: str
    since: datetime


class WallState:
    """Presentation, message, and tour of the wall.

    ``clock`` is monotonic seconds and decides what is due; ``now`` is the time that people read.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._clock, self._now = clock, now
        self._until_s: float | None = None
        #: None while the wall is live, or shows what nobody asked for.
        self.presentation: Presentation | None = None
        self.notice: Notice | None = None
        self.touring = True
        self.drill = DrillState()

    def present(self, by: str, *, drill: str = "", until: datetime | None = None) -> None:
        """Start a presentation of something that is not live.

        It leaves after ``BACK``, or at ``until``.
        """
        now = self._now()
        back_at = now + BACK if until is None else until
        self.presentation = Presentation(by=by, since=now, back_at=back_at, drill=drill)
        self._until_s = self._clock() + (back_at - now).total_seconds()

    def renew(self) -> None:
        """Keep what is shown for the whole time again.

        Live needs none, and a drill has its own end.
        """
        if self.presentation is not None and not self.presentation.drill:
            self.presentation = replace(self.presentation, back_at=self._now() + BACK)
            self._until_s = self._clock() + BACK.total_seconds()

    def end(self) -> None:
        """Record that the wall is live again."""
        self.presentation = self._until_s = None

    @property
    def due(self) -> bool:
        """Whether what is shown has had its time."""
        return self._until_s is not None and self._clock() >= self._until_s

    def write(self, text: str, by: str) -> None:
        """Set the message; an empty one takes it away."""
        self.notice = Notice(text=text, by=by, since=self._now()) if text else None

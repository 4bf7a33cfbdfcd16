"""A clock that goes when it is told to."""

from __future__ import annotations


class Clock:
    """``now`` in seconds, from a start that is not zero."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

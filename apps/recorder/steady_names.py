"""Place a shot's names frame by frame, without flicker.

The placer keeps names steady but knows only the past. A film's future is known: what would show for less than
half a second is left out, the rest fades in and out. Everything depends on the shot alone, so processes that
draw different parts of it place the same names.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

from layers.labels.overlay import Label, Mark, Overlay

LEAST_S, FADE_S = 0.5, 0.25

T = TypeVar("T", Label, Mark)


class PlacedNames(NamedTuple):
    """Overlay of a frame, with an identity of each label.

    One that jumps elsewhere is another.
    """

    overlay: Overlay
    labels: tuple[str, ...]

    def keys(self) -> Iterable[str]:
        """Yield identities of labels and marks."""
        yield from self.labels
        yield from (f"mark {mark.id}" for mark in self.overlay.marks)


@dataclass
class _ShownRun:
    """Consecutive frames that show one thing; ``end`` is None while it is not known."""

    start: int
    end: int | None = None


class SteadyNames:
    """Overlays of a shot's frames, in rising order.

    From frame ``first`` up to ``end``, excluded. ``place`` is called once for each frame, in order.
    """

    def __init__(self, place: Callable[[int], PlacedNames], *, first: int, end: int, fps: int) -> None:
        self._place = place
        self._least, self._fade = round(LEAST_S * fps), max(1, round(FADE_S * fps))
        self._ahead = max(self._least, self._fade)
        self._first, self._end = first, end
        self._next = first
        self._window: deque[tuple[int, PlacedNames]] = deque()
        self._runs: dict[str, list[_ShownRun]] = {}

    @property
    def from_(self) -> int:
        """First frame whose overlay is still kept."""
        return self._window[0][0] if self._window else self._next

    def overlay(self, number: int) -> Overlay:
        """Return a frame's overlay; raises IndexError for one that is past."""
        if not self.from_ <= number < self._end:
            raise IndexError(f"frame {number} is not one of {self.from_} to {self._end - 1}")
        while self._next < min(self._end, number + self._ahead + 1):
            self._advance()
        while self._window[0][0] < number:
            self._window.popleft()
        placed = self._window[0][1]
        over = placed.overlay
        labels = self._faded(over.labels, placed.labels, number)
        marks = self._faded(over.marks, [f"mark {mark.id}" for mark in over.marks], number)
        return replace(over, labels=labels, marks=marks)

    def _advance(self) -> None:
        number, placed = self._next, self._place(self._next)
        self._window.append((number, placed))
        self._next += 1
        keys = set(placed.keys())
        for key in keys:
            runs = self._runs.setdefault(key, [])
            if not runs or runs[-1].end is not None:
                runs.append(_ShownRun(number))
        for key, runs in list(self._runs.items()):
            if key not in keys and runs[-1].end is None:
                runs[-1].end = number
            while runs and runs[0].end is not None and runs[0].end <= self.from_:
                runs.pop(0)
            if not runs:
                del self._runs[key]

    def _faded(self, things: Iterable[T], keys: Iterable[str], number: int) -> tuple[T, ...]:
        found = []
        for thing, key in zip(things, keys, strict=True):
            share = self._share(key, number)
            if share > 0.0:
                found.append(thing._replace(opacity=share * thing.opacity) if share < 1.0 else thing)
        return tuple(found)

    def _share(self, key: str, number: int) -> float:
        """How much of a thing shows: 0 for too short a run; at a shot's ends it is there at once."""
        run = next(r for r in self._runs[key] if r.start <= number and (r.end is None or number < r.end))
        end = self._end if run.end is None else run.end
        whole = run.start == self._first, end == self._end
        if end - run.start < self._least and not all(whole):
            return 0.0
        coming = 1.0 if whole[0] else (number - run.start + 1) / self._fade
        going = 1.0 if whole[1] else (end - number) / self._fade
        return min(1.0, coming, going)

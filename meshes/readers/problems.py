"""Collect lines about what of a file is omitted or doubtful.

Many alike are counted.
"""

from __future__ import annotations

from meshes.errors import DamagedError, ForeignFileError

FEW = 3
MOST_LINES = 1000


class Problems:
    """Problems by place.

    ``first`` is the first that costs something, else the first.
    """

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = {}
        self._costs: tuple[type[ForeignFileError], str] | None = None
        self._first: tuple[type[ForeignFileError], str] | None = None

    def __len__(self) -> int:
        return len(self._places)

    def add_line(self, line: str) -> None:
        """Note a line with its place before the first colon."""
        where, _, words = line.partition(": ")
        self.add(where, words)

    def add(self, where: str, words: str, error: ForeignFileError | None = None) -> None:
        """Note what is wrong at a place.

        With an error where something is lost by it.
        """
        self._places.setdefault(words, []).append(where)
        if error is not None and self._costs is None:
            self._costs = type(error), f"{where}: {error.message}"
        if self._first is None:
            self._first = DamagedError, f"{where}: {words}"

    @property
    def first(self) -> tuple[type[ForeignFileError], str] | None:
        """Class of the first error and its line; None without any."""
        return self._costs or self._first

    def lines(self) -> list[str]:
        """Return a line per place; many alike in one."""
        found = []
        for words, places in self._places.items():
            if len(places) > FEW:
                found.append(f"{places[0]} and {len(places) - 1:,} more: {words}")
            else:
                found += [f"{place}: {words}" for place in places]
        more = len(found) - MOST_LINES
        return found if more <= 0 else [*found[:MOST_LINES], f"and {more:,} lines more of this kind"]

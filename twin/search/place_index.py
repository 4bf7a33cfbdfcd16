"""Rank the places of a basin by what was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from twin.search.gazetteer import STATION, Toponym
from twin.search.pinyin import Syllables, plain_letters, spelling, syllables

MOST_TYPED = 80
SPELLED = {"whole": 1, "initials": 4, "start": 3, "mixed": 6, "inside": 8}
WEIGHTS = ("lake", "place", "township", "village", "barriers", "river", "boundary")
"""Kinds by how probably they are meant, where a text fits several equally well; stations come last."""


@dataclass(frozen=True, kw_only=True)
class _Indexed:
    place: Toponym
    zh: str
    en: str
    words: tuple[str, ...]
    sounds: Syllables


class PlaceIndex:
    """Index of places by Chinese and English name, pinyin, initials and code.

    Read and made at the first question (0.4 s with the table of pinyin); desks of one basin share it.
    """

    def __init__(self, read: Callable[[], Iterable[Toponym]]) -> None:
        self._read = read

    @cached_property
    def places(self) -> tuple[Toponym, ...]:
        """Return all places, in the catalog's order."""
        return tuple(self._read())

    @cached_property
    def _rows(self) -> tuple[_Indexed, ...]:
        return tuple(
            _Indexed(
                place=place,
                zh=plain_letters(place.name["zh"]),
                en=plain_letters(place.name["en"]),
                words=tuple(plain_letters(word) for word in place.name["en"].split()),
                sounds=syllables(place.name["zh"]),
            )
            for place in self.places
        )

    @cached_property
    def _by_id(self) -> dict[str, Toponym]:
        return {place.id: place for place in self.places}

    def get(self, id_: str) -> Toponym | None:
        """Return the place with an id, or None."""
        return self._by_id.get(id_)

    def find(self, text: str, *, most: int = 12) -> list[Toponym]:
        """Return the places that a text names, best first."""
        typed = plain_letters(text[:MOST_TYPED])
        if not typed:
            return []
        ranked = [(rank, row) for row in self._rows if (rank := _rank(typed, row)) is not None]
        ranked.sort(key=lambda pair: (pair[0], *_tie(pair[1])))
        return [row.place for _, row in ranked[:most]]

    def listed(self, kind: str) -> list[Toponym]:
        """Return all places of a kind, by their pinyin."""
        rows = [row for row in self._rows if row.place.kind == kind]
        return [row.place for row in sorted(rows, key=lambda row: (_sound(row), row.place.id))]


def _rank(typed: str, row: _Indexed) -> int | None:
    """How well a text names a place, 0 the best; None where it does not."""
    if typed in (row.zh, row.en, row.place.code.lower()):
        return 0
    if row.zh.startswith(typed) or row.en.startswith(typed) or _starts_code(typed, row):
        return 2
    spelled = spelling(typed, row.sounds) if typed.isascii() else None
    ranks = [] if spelled is None else [SPELLED[spelled]]
    if any(word.startswith(typed) for word in row.words):
        ranks.append(5)
    if typed in row.zh:
        ranks.append(7)
    if len(typed) > 2 and typed in row.en:
        ranks.append(9)
    return min(ranks, default=None)


def _starts_code(typed: str, row: _Indexed) -> bool:
    return len(typed) > 2 and row.place.code.lower().startswith(typed)


def _tie(row: _Indexed) -> tuple[int, float, int, str]:
    """Of equal ranks: the kind that is meant more often, the larger one, the shorter name."""
    kind = row.place.kind
    weight = WEIGHTS.index(kind) if kind in WEIGHTS else len(WEIGHTS) + (kind == STATION)
    return weight, -row.place.radius_m, len(row.zh), row.place.id


def _sound(row: _Indexed) -> tuple[str, ...]:
    return tuple(readings[0] for readings in row.sounds)

"""Finish of a surface in the terms of glTF 2.0.

How it is drawn beside its picture and its colours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self, get_args

Wrap = Literal["clamp", "repeat", "mirror"]
Alpha = Literal["opaque", "mask", "blend"]

WRAPS: tuple[Wrap, ...] = get_args(Wrap)
ALPHAS: tuple[Alpha, ...] = get_args(Alpha)


@dataclass(frozen=True, kw_only=True)
class Finish:
    """Texture wrap, alpha mode and sides of a material.

    The defaults are glTF's. ``wrap``: what lies beyond 0..1 across and down the picture: its edge, the
    picture again, or every second one mirrored. ``alpha``: ``opaque`` ignores it; ``mask`` shows what has at
    least ``cutoff`` (0..1) and nothing else; ``blend`` shows that share. Alpha is the picture's times the
    colour's. ``two_sided``: triangles are seen from behind as well. Raises ValueError for other words, or a
    cutoff that is no number from 0 on.
    """

    wrap: tuple[Wrap, Wrap] = ("repeat", "repeat")
    alpha: Alpha = "opaque"
    cutoff: float = 0.5
    two_sided: bool = False

    def __post_init__(self) -> None:
        if len(self.wrap) != 2 or not {*self.wrap} <= {*WRAPS} or self.alpha not in ALPHAS:
            raise ValueError(f"{self.wrap}, {self.alpha} are no way to draw a surface")
        if not 0 <= self.cutoff < 1e9:
            raise ValueError(f"{self.cutoff} is no alpha")

    @property
    def words(self) -> list[object]:
        """Fields as JSON, as a child passes them on."""
        return [*self.wrap, self.alpha, self.cutoff, self.two_sided]

    @classmethod
    def of(cls, words: object) -> Self:
        """Parse ``words``.

        Raises ValueError.
        """
        if not isinstance(words, list) or len(words) != 5:
            raise ValueError("finish")
        across, down, alpha, cutoff, two_sided = words
        return cls(wrap=(across, down), alpha=alpha, cutoff=float(cutoff), two_sided=bool(two_sided))


REPEATED = Finish()
CLAMPED = Finish(wrap=("clamp", "clamp"))
"""Of pictures that hold many pieces side by side: what a build packs itself."""

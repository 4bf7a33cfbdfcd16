"""Precompute label candidates: all that does not depend on the camera."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Protocol, runtime_checkable

import numpy as np

from layers.heights import Ground, WaterLevels
from layers.labels.collision_grid import Box
from layers.labels.density import AMOUNTS
from layers.labels.symbols import RIM_PX, WIDEST_SHARE, Sign, disc_share, radius_px
from layers.labels.theme import THEME, style_of, text_width
from twin.arrays import F64, Bools
from twin.scene import Density

ABOVE_GROUND_M = 12.0
NAME_PX: float = THEME["station"]["name"]["size_px"]
DETAIL_PX: float = THEME["station"]["detail"]["size_px"]
"""Sizes of a live candidate's two lines in a view 720 high."""
ALARM_BOOST, OLD_BOOST, GAUGE_BOOST = 30.0, -1.5, 20.0
"""What an alarm, an old value, and being the lake's gauge (the first code of kind reservoir) add."""


@dataclass(frozen=True, kw_only=True)
class LabelCandidate:
    """Place that may carry a name.

    Of several candidates with one ``id`` at most one is shown, the first ``choice`` that has room. ``mark``
    is the colour of the mark there, if any. Of two of a kind the one of the larger ``size`` (0 to 1) comes
    first. A ``lifted`` name stands above its place, as one with a mark does. One that ``drowns`` is hidden
    where the flood is. A ``live`` one says what it is told to, and nothing before that.
    """

    id: str
    layer: str
    kind: str
    east: float
    north: float
    text: Mapping[str, str]
    mark: str | None = None
    choice: int = 0
    size: float = 0.0
    lifted: bool = False
    drowns: bool = False
    live: bool = False


@runtime_checkable
class Labelled(Protocol):
    """Layer whose places may carry names or signs."""

    @property
    def candidates(self) -> Sequence[LabelCandidate]: ...


class LabelCandidates:
    """Label candidates as arrays, (n,) each.

    What a frame would otherwise compute again. ``valued`` live ones have a value to show.
    """

    def __init__(self, candidates: Sequence[LabelCandidate], ground: Ground) -> None:
        styles = [style_of(a.kind) for a in candidates]
        self.candidates = tuple(candidates)
        self.east = np.array([a.east for a in candidates], dtype=np.float64)
        self.north = np.array([a.north for a in candidates], dtype=np.float64)
        self.choice = np.array([a.choice for a in candidates], dtype=np.int64)
        self.marked = np.array([a.mark is not None for a in candidates], dtype=bool)
        self.lifted = self.marked | np.array([a.lifted for a in candidates], dtype=bool)
        self.reach_m = np.array([style.reach_m for style in styles])
        self.priority = np.array(
            [style.priority + a.size for style, a in zip(styles, candidates, strict=True)]
        )
        self.size_px = np.array([style.size_px for style in styles])
        self.radius_px = np.array(
            [radius_px(a.kind.removeprefix("station-")) if a.live else 0.0 for a in candidates]
        )
        self.live = np.array([a.live for a in candidates], dtype=bool)
        self.signs: dict[int, Sign] = {}
        self._index = {a.id: k for k, a in enumerate(candidates) if a.live}
        self._boost = np.zeros(len(candidates))
        self.alarmed = np.zeros(len(candidates), dtype=bool)
        self._asked = np.zeros(len(candidates), dtype=bool)
        self._kinds = np.array([a.kind for a in candidates], dtype=object)
        self.gauge = np.zeros(len(candidates), dtype=bool)
        lakes = np.flatnonzero(self._kinds == "station-reservoir").tolist()
        self.gauge[sorted(lakes, key=lambda k: self.candidates[k].id)[:1]] = True
        self.priority[self.gauge] += GAUGE_BOOST
        self._hidden = self.live.copy()
        self.valued = np.zeros(len(candidates), dtype=bool)
        self._live_width_px = np.full((len(candidates), 2), np.nan)
        self._drowns = np.array([a.drowns for a in candidates], dtype=bool)
        self._ground = ground
        self._connection_m = ground.connection(self.east, self.north)
        self._in_layers: tuple[frozenset[str], Bools] = frozenset(), np.zeros(len(candidates), bool)
        self._around_m = np.full(len(candidates), np.nan)
        self._around_m[self.live] = ground.height_around(self.east[self.live], self.north[self.live])
        self._heights: tuple[WaterLevels | None, F64] | None = None
        self.half_width_px = cache(self._half_width_px)

    def set_signs(self, signs: Mapping[str, Sign]) -> bool:
        """Set what live candidates show, by id; without a sign nothing.

        Returns whether one has a value that had none before.
        """
        before, self.signs = self.signs, {}
        had_value = self.valued.copy()
        hidden, boost, valued, asked, alarmed, changed, widths = [], [], [], [], [], [], []
        for id_, sign in signs.items():
            k = self._index.get(id_)
            if k is None:
                continue
            self.signs[k] = sign
            hidden.append(not sign.shown)
            valued.append(sign.state not in ("never", "unknown"))
            asked.append(sign.asked)
            alarmed.append(bool(sign.rank))
            boost.append(
                ALARM_BOOST - sign.rank if sign.rank else (0.0 if sign.state == "fresh" else OLD_BOOST)
            )
            known = before.get(k)
            if known is None or known.detail != sign.detail or known.name != sign.name:
                changed.append(k)
                widths.append(_sign_width(sign.name, sign.detail))
        told = list(self.signs)
        if changed:
            self._live_width_px[changed] = widths
        self._hidden[self.live] = True
        self._hidden[told], self._boost[told], self.valued[told] = hidden, boost, valued
        self._asked[told], self.alarmed[told] = asked, alarmed
        return bool((self.valued & ~had_value).any())

    @property
    def importance(self) -> F64:
        """Sort key of candidates, (n,).

        The kind's, an alarm far before it, an old value behind.
        """
        return self.priority + self._boost

    def reach(self, density: Density, afar: str = "") -> F64:
        """Return distances up to which candidates are shown, (n,) m.

        Alarms, the lake's gauge, what was selected, and the kind ``afar`` are shown from everywhere.
        """
        amount = AMOUNTS[density]
        factor = np.where(self.live, amount.stations, amount.reach)
        everywhere = self.alarmed | self._asked | self.gauge | (self._kinds == afar)
        return np.where(everywhere, np.inf, self.reach_m * factor)

    @property
    def hidden(self) -> Bools:
        """Mask of candidates that show nothing now."""
        return self._hidden

    def in_layers(self, layers: Mapping[str, float]) -> Bools:
        """Mask candidates that belong to one of the layers."""
        names = frozenset(layers)
        if self._in_layers[0] != names:
            self._in_layers = names, np.array([a.layer in names for a in self.candidates], dtype=bool)
        return self._in_layers[1]

    def places(self, flood: WaterLevels | None, exaggeration: float) -> F64:
        """Return (n, 3) places in the exaggerated scene.

        A little above the ground or the water.
        """
        if self._heights is None or self._heights[0] != flood:
            height_m = self._ground.height(self.east, self.north, flood=flood)
            self._heights = flood, np.where(np.isnan(height_m), self._around_m, height_m) + ABOVE_GROUND_M
        return np.stack([self.east, self.north, self._heights[1] * exaggeration], axis=1)

    def drowned(self, flood: WaterLevels | None) -> Bools:
        """Mask candidates that the flood hides."""
        if flood is None:
            return np.zeros(len(self.candidates), dtype=bool)
        return self._drowns & (self._connection_m <= flood.level_m)

    def marked_in(self, boxes: Sequence[Box], x: F64, y: F64, *, scale: float) -> Bools:
        """Mask candidates with marks that touch one of the boxes.

        (n,); at ``x``, ``y`` pixels (n,) and so much larger.
        """
        share = np.where(self.alarmed, disc_share(1), WIDEST_SHARE)
        radius = scale * (RIM_PX + np.where(self.live, share * self.radius_px, THEME["mark"]["radius_px"]))
        inside = np.zeros(len(self.candidates), dtype=bool)
        for left, top, right, bottom in boxes:
            inside |= (x + radius > left) & (x - radius < right) & (y + radius > top) & (y - radius < bottom)
        return np.asarray(inside & self.marked)

    def _half_width_px(self, language: str) -> F64:
        """Half of each name's width in a view 720 high; NaN for one without a text in the language."""
        texts = [a.text[language] for a in self.candidates]
        widths = [
            text_width(text, size) if text else np.nan for text, size in zip(texts, self.size_px, strict=True)
        ]
        return np.array(widths, dtype=np.float64) / 2.0

    def half_px(self, language: str) -> F64:
        """Return half widths of texts in a 720 px view, (n, 2).

        Of a live candidate's two lines, and of the second alone; of a name twice the same.
        """
        return np.where(self.live[:, None], self._live_width_px / 2.0, self.half_width_px(language)[:, None])


@lru_cache(maxsize=4096)
def _sign_width(name: str, detail: str) -> tuple[float, float]:
    below = text_width(detail, DETAIL_PX)
    return max(text_width(name, NAME_PX), below), below

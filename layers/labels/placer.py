"""Decide which labels are shown and where, for both painters.

A name is a candidate where its place is in view, near enough and not behind a mountain. Candidates are taken
by priority; one that would cover another is left out. A name that was shown in the last frame goes first
among its equals, so that names do not flicker while the camera turns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot, radians, tan

import numpy as np

from layers.camera import camera as geometry
from layers.heights import Ground, WaterLevels
from layers.labels.candidates import LabelCandidate, LabelCandidates
from layers.labels.collision_grid import Box, CollisionGrid
from layers.labels.density import most_names
from layers.labels.overlay import Label, Mark
from layers.labels.positions import HEIGHTS_PX, LabelPositions, PlacedLabel
from layers.labels.symbols import Sign
from layers.labels.theme import text_scale
from twin.arrays import F64, I64, Bools
from twin.scene import Camera, Density

__all__ = ["Box", "LabelPlacer", "project"]

LIVE_STAY = 2.0
STAY = 0.9  # how much priority a name gains by being shown already
ENOUGH, FIRST = 0.7, 20.0
"""While this share of the most names stays, a moving view brings none anew from its middle but those of this
priority: lake, dams, the lake's gauge."""
LOOK_EVERY = 5
LOOK_AGAIN = 0.01
"""What hides behind mountains is found out anew after so many frames, or so much of the distance."""
STEPS = 56  # looks along the way from the eye to a place


PICK_PX = 11.0
"""A click that near to a sign means it, in a view 720 high."""


@dataclass
class _VisibilityCache:
    """Which candidates were seen from an eye, as far as it was looked."""

    crowd: LabelCandidates
    about: tuple[WaterLevels | None, float]
    eye: F64
    seen: Bools
    looked: Bools
    frames: int = 0


@dataclass(frozen=True)
class _Placed:
    """What a view showed, for clicks on it; ``half`` (n, 2) are the labels' half widths and heights in a view
    720 high."""

    size: tuple[float, float]
    labels: Sequence[Label]
    marks: Sequence[Mark]
    half: F64

    def at(self, x: float, y: float) -> str | None:
        """The live candidate whose mark is near, else the one whose words are there."""
        scale, px, py = text_scale(self.size[1]), x * self.size[0], y * self.size[1]
        near = [
            (hypot(px - mark.x * self.size[0], py - mark.y * self.size[1]), mark.id)
            for mark in self.marks
            if mark.state
        ]
        if near and min(near)[0] < PICK_PX * scale:
            return min(near)[1]
        for label, (half_x, half_y) in zip(self.labels, (scale * self.half).tolist(), strict=True):
            away_x = px - (label.x * self.size[0] + label.dx)
            away_y = py - (label.y * self.size[1] + label.dy)
            if label.state and abs(away_x) <= half_x and abs(away_y) <= half_y:
                return label.id
        return None


class LabelPlacer:
    """Places labels frame by frame; keeps only the last frame's."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._crowd = LabelCandidates((), ground)
        self._known: Sequence[LabelCandidate] = ()
        self._shown: dict[str, PlacedLabel] = {}
        self._signs: Mapping[str, Sign] = {}
        self._looked: _VisibilityCache | None = None
        self._placed: _Placed | None = None
        self._before: tuple[Camera, I64] | None = None
        self._view: tuple[tuple[float, float], tuple[Box, ...]] | None = None

    def set_signs(self, signs: Mapping[str, Sign]) -> None:
        """Set what live candidates show, by id."""
        if signs is self._signs:
            return
        self._signs = signs
        if self._crowd.set_signs(signs):
            self._shown = {}  # what was placed before a station's value came has no claim to the place

    def at(self, x: float, y: float) -> str | None:
        """Pick the live candidate at a point of the last view.

        By its mark or words; the point is fractions; None where there is none.
        """
        return None if self._placed is None else self._placed.at(x, y)

    def identity_of(self, label: str) -> str:
        """Return an identity of a label of the last view.

        It changes with the label's place and form.
        """
        placed = self._shown.get(label)
        return label if placed is None else f"{label} {placed.number} {placed.position} {placed.form}"

    def place(
        self,
        candidates: Sequence[LabelCandidate],
        *,
        camera: Camera,
        size: tuple[float, float],
        language: str,
        flood: WaterLevels | None,
        exaggeration: float,
        opacity: Mapping[str, float],
        density: Density = "all",
        afar: str = "",
        reserved: Sequence[Box] = (),
        unmarked: Sequence[Box] = (),
    ) -> tuple[tuple[Label, ...], tuple[Mark, ...]]:
        """Labels and marks for a view of ``size`` (width, height) CSS pixels.

        ``opacity`` is per layer; candidates of layers that are not in it are hidden. ``density``: how many
        names there are; signs of the kind ``afar`` are shown from however far. No name is placed in the
        ``reserved`` boxes (left, top, right, bottom; CSS pixels), and nothing at all whose mark would touch
        an ``unmarked`` one. What the placer finds out about a sequence
        of candidates it keeps: another sequence, not this one changed, tells of others.
        """
        if candidates is not self._known:
            self._known, self._crowd, self._shown = candidates, LabelCandidates(candidates, self._ground), {}
            self._before = None
            self._crowd.set_signs(self._signs)
        if (view := (size, tuple(reserved))) != self._view:
            self._view, self._shown = view, {}  # another page, or other panels: its words are placed anew
        crowd = self._crowd
        x, y, away = project(crowd.places(flood, exaggeration), camera, size[0] / size[1], exaggeration)
        open_ = (away > 1.0) & (away < crowd.reach(density, afar)) & (x > 0) & (x < 1) & (y > 0) & (y < 1)
        open_ &= crowd.in_layers(opacity) & ~crowd.hidden
        open_ &= self._seen(crowd, open_, camera, flood, exaggeration)
        open_ &= ~crowd.marked_in(unmarked, x * size[0], y * size[1], scale=text_scale(size[1]))
        in_view = np.flatnonzero(open_ & ~crowd.drowned(flood))
        at = np.stack([np.round(x, 5), np.round(y, 5), np.round(away, 1)], axis=1).tolist()
        marks = [_mark(crowd, i, at[i], opacity) for i in in_view[crowd.marked[in_view]].tolist()]
        kept = np.zeros(len(crowd.candidates), dtype=bool)
        kept[[placed.number for placed in self._shown.values()]] = True
        most = most_names(density, camera.distance_m)
        in_view = self._calmed(crowd, in_view, kept, camera=camera, most=most)
        stays = kept[in_view]
        rank = -(crowd.importance[in_view] + np.where(crowd.live[in_view], LIVE_STAY, STAY) * stays)
        numbers = in_view[np.lexsort((away[in_view], crowd.choice[in_view], rank))]
        chosen = _chosen(
            crowd,
            numbers,
            x[numbers] * size[0],
            y[numbers] * size[1],
            size=size,
            language=language,
            reserved=reserved,
            before=self._shown,
            most=most,
        )
        self._shown = {crowd.candidates[i].id: placed for i, placed in chosen.items()}
        labels = [_label(crowd, placed, at[i], language, opacity) for i, placed in chosen.items()]
        forms = np.array([placed.form for placed in chosen.values()], dtype=np.int64)
        half = crowd.half_px(language)[list(chosen), forms]
        self._placed = _Placed(size, labels, marks, np.stack([half, HEIGHTS_PX[forms] / 2], axis=1))
        return tuple(labels), tuple(marks)

    def _calmed(self, crowd: LabelCandidates, in_view: I64, kept: Bools, *, camera: Camera, most: int) -> I64:
        """Without those that were in view before and had no room, while the camera moves and enough stay.

        A name that leaves at the edge would else let another one appear in the middle. At rest all may come.
        """
        moved = self._before is not None and self._before[0] != camera
        known = np.zeros(len(kept), dtype=bool)
        if self._before is not None:
            known[self._before[1]] = True
        self._before = camera, in_view
        if not moved or kept[in_view].sum() < ENOUGH * most:
            return in_view
        first = kept | crowd.alarmed | (crowd.priority >= FIRST) | ~known
        return np.asarray(in_view[first[in_view]])

    def _seen(
        self,
        crowd: LabelCandidates,
        asked: Bools,
        camera: Camera,
        flood: WaterLevels | None,
        exaggeration: float,
    ) -> Bools:
        """Mask candidates that no mountain hides; cached for a few frames while the eye moves little."""
        eye = np.array(geometry.eye(camera, exaggeration))
        known = self._looked
        if (
            known is None
            or known.crowd is not crowd
            or known.about != (flood, exaggeration)
            or known.frames >= LOOK_EVERY
            or np.linalg.norm(eye - known.eye) > LOOK_AGAIN * camera.distance_m
        ):
            unknown = np.zeros(len(crowd.candidates), dtype=bool)
            known = self._looked = _VisibilityCache(
                crowd, (flood, exaggeration), eye, unknown, unknown.copy()
            )
        new = asked & ~known.looked
        if new.any():
            places = crowd.places(flood, exaggeration)[new]
            known.seen[new] = self._unhidden(places, camera, exaggeration)
            known.looked |= new
        known.frames += 1
        return known.seen

    def _unhidden(self, at: F64, camera: Camera, exaggeration: float) -> Bools:
        """Which places no mountain stands before; looks are closer together near the place."""
        eye = np.array(geometry.eye(camera, exaggeration))
        share = 1.0 - np.linspace(0.0, 1.0, STEPS + 2)[1:-1] ** 2
        way = eye + share[:, None, None] * (at - eye)
        ground = self._ground.height(way[..., 0], way[..., 1]) * exaggeration
        hidden: Bools = (ground > way[..., 2]).any(axis=0)  # NaN, off the terrain, hides nothing
        return ~hidden


def _chosen(
    crowd: LabelCandidates,
    numbers: I64,
    x: F64,
    y: F64,
    *,
    size: tuple[float, float],
    language: str,
    reserved: Sequence[Box],
    before: Mapping[str, PlacedLabel],
    most: int,
) -> dict[int, PlacedLabel]:
    """The first ``most`` candidates, in their order, that cover nothing before them, and where they stand."""
    scale = text_scale(size[1])
    half = scale * crowd.half_px(language)[numbers]
    said = ~np.isnan(half[:, 0])
    numbers, x, y, half = numbers[said], x[said], y[said], half[said]
    positions = LabelPositions(crowd, numbers, x, y, half, scale=scale, grid=CollisionGrid(size, reserved))
    chosen: dict[int, PlacedLabel] = {}
    names: set[str] = set()
    for k, i in enumerate(numbers.tolist()):
        id_ = crowd.candidates[i].id
        placed = None if id_ in names else positions.place(k, before.get(id_))
        if placed is not None:
            chosen[i] = placed
            names.add(id_)
            if len(chosen) == most:
                break
    return chosen


def _mark(crowd: LabelCandidates, i: int, at: Sequence[float], opacity: Mapping[str, float]) -> Mark:
    candidate, sign = crowd.candidates[i], crowd.signs.get(i)
    id_ = candidate.id if candidate.choice == 0 else f"{candidate.id}.{candidate.choice}"
    x, y, away_m = at
    mark = Mark(
        id_,
        candidate.layer,
        candidate.kind,
        candidate.mark or "",
        x,
        y,
        opacity[candidate.layer],
        away_m=away_m,
    )
    return mark if sign is None else mark._replace(state=sign.state, rank=sign.rank, tone=sign.tone)


def _label(
    crowd: LabelCandidates,
    placed: PlacedLabel,
    at: Sequence[float],
    language: str,
    opacity: Mapping[str, float],
) -> Label:
    candidate, sign = crowd.candidates[placed.number], crowd.signs.get(placed.number)
    name = Label(
        id=candidate.id,
        layer=candidate.layer,
        kind=candidate.kind,
        text=candidate.text[language],
        x=at[0],
        y=at[1],
        away_m=at[2],
        mark=candidate.mark is not None or candidate.lifted,
        opacity=opacity[candidate.layer],
    )
    if sign is None:
        return name
    return name._replace(
        text="" if placed.form else sign.name,
        detail=sign.detail,
        since_s=sign.since_s,
        state=sign.state,
        rank=sign.rank,
        tone=sign.tone,
        mark=False,
        dx=round(placed.dx, 1),
        dy=round(placed.dy, 1),
    )


def project(at: F64, camera: Camera, aspect: float, exaggeration: float) -> tuple[F64, F64, F64]:
    """Project places (n, 3) of the exaggerated scene to the view.

    Returns (x, y, distance ahead); x and y as fractions of the view.
    """
    from_eye = at - np.array(geometry.eye(camera, exaggeration))
    ahead = from_eye @ np.array(geometry.forward(camera))
    half = tan(radians(camera.view_angle_deg) / 2.0)
    safe = np.where(ahead > 1e-6, ahead, np.nan)
    x = 0.5 + from_eye @ np.array(geometry.right(camera)) / (2.0 * half * aspect * safe)
    y = 0.5 - from_eye @ np.array(geometry.up(camera)) / (2.0 * half * safe)
    return np.nan_to_num(x, nan=-1.0), np.nan_to_num(y, nan=-1.0), ahead

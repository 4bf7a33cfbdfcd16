"""Ten times the villages: the same tilesets, nine times more, each copy shifted over the same catchment."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from math import cos, radians, sin, sqrt
from pathlib import Path
from statistics import mean
from unittest import mock

import numpy as np

from layers.governor import MOVING
from layers.stage import Stage
from layers.tiles import models
from layers.tiles.folders import Folders
from meshes.tiles import Content, TileTree, map_glb, read_tree
from tests.bench.flight_pictures import cameras, open_stage, tiles_of
from tests.bench.flight_places import Flown
from tests.scenes import flight_to, show
from twin.layer_data import ModelData
from twin.scene import Camera

COPIES = 10
NEAREST_M = 2500.0
"""The copies of a village lie around it, the first so far off and the last three times as far."""
TURN_DEG = 137.5
FRAMES = 12
MARK = "copy-"


@dataclass(frozen=True, kw_only=True)
class Burden:
    """What a flight costs: mean seconds a frame, tilesets shown, the most bytes of tiles that were held."""

    frame_s: float
    tilesets: int
    nbytes: int


def shift_m(copy: int) -> tuple[float, float]:
    """East and north from a village to one of its copies, counted from 1; 0 is the village itself."""
    away, way = NEAREST_M * sqrt(copy), radians(TURN_DEG * copy)
    return away * sin(way), away * cos(way)


class ShiftedFolders(Folders):
    """Folders some of which exist only as copies of others: ``village/copy-3`` is ``village``, shifted."""

    def tree(self, name: str) -> TileTree | str:
        folder, copy = _real(self._paths[name])
        found = read_tree(folder)
        by = np.array([*shift_m(copy), 0.0])
        return replace(found, low=found.low + by, high=found.high + by)

    def fetch(self, name: str) -> Content:
        own, _, inside = name.partition("/")
        folder, copy = _real(self._paths[own])
        content = map_glb(folder / inside)
        (x, y, height), (east, north) = content.centre, shift_m(copy)
        return replace(content, centre=(x + east, y + north, height))


class ManyVillages(Flown):
    """A basin with each of its villages ten times; the copies hang over ground that is not theirs."""

    def models(self) -> list[ModelData]:
        return [
            replace(
                model,
                folders=tuple(
                    folder / f"{MARK}{copy}" if copy else folder
                    for copy in range(COPIES)
                    for folder in model.folders
                ),
                covers=(*model.covers, *[()] * ((COPIES - 1) * len(model.folders))),
            )
            for model in super().models()
        ]


def frame_times(basin: Flown, *, frames: int = FRAMES) -> tuple[Burden, Burden]:
    """The flight past all viewpoints in moving frames, over the villages there are and over ten times more.

    Each camera is drawn by both in turn, so that what else the machine does weighs on both alike. The flight
    is flown twice, and the second counts.
    """
    with _shifting():
        few, many = (open_stage(it) for it in (basin, ManyVillages(basin.catalog, basin.generation)))
    way = list(_way(few, frames))
    spent: tuple[list[float], list[float]] = ([], [])
    nbytes = [0, 0]
    for _ in range(2):
        for times in spent:
            times.clear()
        for camera in way:
            for i, stage in enumerate((few, many)):
                spent[i].append(_moving(stage, camera))
                nbytes[i] = max(nbytes[i], sum(layer.status().nbytes for layer in tiles_of(stage)))
    found = [
        Burden(
            frame_s=mean(spent[i]),
            tilesets=sum(len(model.folders) for model in stage.basin.models()),
            nbytes=nbytes[i],
        )
        for i, stage in enumerate((few, many))
    ]
    few.close()
    many.close()
    return found[0], found[1]


@contextmanager
def _shifting() -> Iterator[None]:
    with mock.patch.object(models, "Folders", ShiftedFolders):
        yield


def _way(stage: Stage, frames: int) -> Iterator[Camera]:
    stops: Sequence[Camera] = cameras(stage)
    for start, end in pairwise([*stops, stops[0]]):
        show(stage, camera=start)
        flight = flight_to(stage, end)
        yield from (flight.at(float(t)) for t in np.linspace(0.0, flight.seconds, frames))


def _moving(stage: Stage, camera: Camera) -> float:
    step = MOVING[0]
    width, height = (round(step.scale * length) for length in (1280, 720))
    stage.resize(width, height)
    show(stage, camera=camera)
    start = time.perf_counter()
    stage.render(max_error_px=step.max_error_px, tile_error_px=step.tile_error_px, enlarged=1.0 / step.scale)
    return time.perf_counter() - start


def _real(path: Path) -> tuple[Path, int]:
    """The folder on the disk, and which copy of it is meant."""
    if path.name.startswith(MARK):
        return path.parent, int(path.name.removeprefix(MARK))
    return path, 0

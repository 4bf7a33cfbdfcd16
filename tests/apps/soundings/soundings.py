"""Depths that a boat has sounded, as a kind of layer would stand in ``twin/soundings.py``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from pydantic import Field

from twin.arrays import F64
from twin.build.sources import Sources
from twin.build.step import Products, Step, StepProgress
from twin.catalog import Catalog, Entry, frame_of
from twin.catalog.types import Height, MetricCrs
from twin.entry_checks import Findings
from twin.errors import TwinError
from twin.layer_data import LayerData, shown_as
from twin.notes import write_notes

DEEP_M = 60.0


class SoundingsError(TwinError):
    """Soundings cannot be read."""

    zh = "测深数据无法读取：{message}"


class SoundingsEntry(Entry):
    """A CSV of x, y and depth below the level of that day."""

    kind: Literal["soundings"]
    driver: Literal["table"]
    crs: MetricCrs
    level_m: Height = Field(description="The lake's level while they were sounded.")


def check_soundings(catalog: Catalog, entry: SoundingsEntry, path: Path) -> Findings:
    """Check soundings: how many, and how deep."""
    bed = _bed(catalog, entry, path)
    facts = f"{len(bed)} soundings, {bed[:, 2].min():.1f} to {bed[:, 2].max():.1f} m"
    return Findings(facts, entry.crs, _doubts(entry, bed))


def sounding_steps(catalog: Catalog, entry: SoundingsEntry) -> list[Step]:
    """Make the step of one file of soundings: ``bed.npy``, (n, 3) float64 in the frame's CRS, m."""
    sources = Sources(catalog=catalog, entries=(entry,))

    def make(folder: Path, products: Products, progress: StepProgress) -> None:
        bed = _bed(catalog, entry, sources.path(entry, products))
        np.save(folder / "bed.npy", bed)
        write_notes(folder, {entry.id: _doubts(entry, bed)})

    step = Step(
        name=f"{Soundings.group}/{entry.id}",
        title=(f"读取{entry.title.zh}", f"reading {entry.title.en}"),
        make=make,
        needs=sources.needs,
        sources=sources.files,
        settings=sources.settings,
        entry=entry.id,
        required=False,
    )
    return [step]


@dataclass(frozen=True, kw_only=True)
class Soundings(LayerData):
    """Where the bed was met: (n, 3) float64 east, north, height in the frame's CRS, m."""

    group = "soundings"

    bed: F64 | None = None

    @classmethod
    def read(cls, entry: Any, products: Sequence[Path]) -> Self:
        return cls(**shown_as(entry), bed=np.load(products[0] / "bed.npy", mmap_mode="r"))


def _bed(catalog: Catalog, entry: SoundingsEntry, path: Path) -> F64:
    try:
        rows = np.loadtxt(path, delimiter=",", skiprows=1, ndmin=2)
    except ValueError as error:
        raise SoundingsError(f"{path}: {error}") from error
    east, north = frame_of(catalog.head).from_crs(entry.crs, rows[:, 0], rows[:, 1])
    return np.stack([east, north, entry.level_m - rows[:, 2]], axis=1)


def _doubts(entry: SoundingsEntry, bed: F64) -> list[str]:
    deepest_m = entry.level_m - bed[:, 2].min()
    return [f"{deepest_m:.0f} m is deeper than the lake"] if deepest_m > DEEP_M else []

"""Check a catalog's model as a build reads it, without building."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np

from meshes.build.foreign.agreement import place_doubts
from meshes.build.foreign.assembly import left_out, naming, none_shown, telling
from meshes.build.foreign.build import build_foreign
from meshes.build.foreign.osgb import UNNAMED
from meshes.build.foreign.placement import Place, place_of
from meshes.build.foreign.points import cloud_facts, cloud_of, strays
from meshes.errors import DamagedError
from meshes.guard import OSGB, TILE, Limits
from meshes.readers.archive import opened_tileset
from meshes.readers.headers import fault_of_header
from meshes.readers.osgb import open_osgb, read_osgb
from meshes.readers.surface import SurfaceData, read_surface
from meshes.readers.time_budget import TimeBudget
from twin.arrays import F64
from twin.catalog import Catalog, ModelEntry
from twin.counting import counted
from twin.cross_checks import model_doubts
from twin.entry_checks import Findings
from twin.errors import TwinError
from twin.notes import Notes, read_notes
from twin.readable import readable

T = TypeVar("T")

FEW = 24
"""So many tiles of a large tileset are read; which ones is spread evenly."""
MOST_TILES, MOST_FILES, MOST_MIB = 200, 40, 4.0
"""Up to here a tileset (tiles), an OSGB tree (files) and a surface are built in a folder that is thrown away:
that takes 10 s at most, and nothing is guessed."""

Inspection = tuple[str, list[str]]
"""Facts, and what is left out or doubtful."""


def check_model(catalog: Catalog, entry: ModelEntry, _path: Path) -> Findings:
    """Check a model's place and its file.

    Raises TwinError where a build cannot use it.
    """
    where = entry.crs or ("ECEF" if entry.ecef else "anchor" if entry.anchor else "from the file")
    facts, doubts = inspect_model(catalog, entry)
    return Findings(facts, where, [*model_doubts(catalog, entry), *doubts])


def inspect_model(catalog: Catalog, entry: ModelEntry) -> Inspection:
    """Inspect a model's file: contents, and what a build omits.

    Raises TwinError where it cannot be used.
    """
    path = catalog.path_of(entry)
    try:
        return _READ[entry.driver](catalog, entry, path)
    except TwinError as error:
        raise naming(error, path) from None


def _surface(catalog: Catalog, entry: ModelEntry, path: Path) -> Inspection:
    doubts = place_doubts(catalog, entry)
    data = read_surface(path, z_up=None if entry.up is None else entry.up == "Z")
    facts = f"{counted(data.triangles, 'triangle')}, {counted(_pictures([data]), 'picture')}"
    if path.stat().st_size <= MOST_MIB * 2**20:
        return facts, tried(catalog, entry)
    with telling(doubts):
        _stands([data], place_of(catalog, entry), path)
    return facts, [*doubts, *data.notes]


def _points(catalog: Catalog, entry: ModelEntry, _path: Path) -> Inspection:
    doubts = place_doubts(catalog, entry)
    with telling(doubts):
        data = cloud_of(catalog, entry)
        lost = strays(data, place_of(catalog, entry))
    return ", ".join(cloud_facts(data)), [*doubts, *data.notes, *lost]


def _tileset(catalog: Catalog, entry: ModelEntry, path: Path) -> Inspection:
    place, patience, errors, lines = (
        place_of(catalog, entry),
        TimeBudget(TILE),
        list[TwinError](),
        list[str](),
    )
    shown = 0
    with opened_tileset(path) as foreign:
        filled = [k for k in range(len(foreign)) if foreign.contents[k]]
        if len(filled) <= MOST_TILES:
            return f"{counted(len(filled), 'tile')} with content", tried(catalog, entry)
        chosen = _spread(filled)
        for k in chosen:
            try:
                with patience.limits() as limits:
                    data = foreign.read(k, limits=limits)
                positions = _positions([data])
                for position in positions:
                    place(_ends(position))
                shown += bool(positions)
                lines += [note.replace(f"{foreign.folder}/", "") for note in data.notes]
            except TwinError as error:
                errors.append(error)
                lines.append(left_out(error, *foreign.contents[k], beneath=foreign.folder))
        lines += [
            f"{name}: {words}: left out"
            for k in sorted({*filled} - {*chosen})
            for name in foreign.contents[k]
            if (words := fault_of_header(foreign.folder / name))
        ]
        doubts = [*place_doubts(catalog, entry), *foreign.problems]
        if not shown:
            raise none_shown(errors, [*lines, *foreign.problems], besides=foreign.problems)
    return f"{len(filled):,} tiles with content, {len(chosen):,} of them read", [*doubts, *lines]


def _osgb(catalog: Catalog, entry: ModelEntry, path: Path) -> Inspection:
    tree = open_osgb(path, anchored=entry.anchor is not None)
    files = (file for file in tree.folder.rglob("*") if file.suffix.lower() == ".osgb")
    if len([*islice(files, MOST_FILES + 1)]) <= MOST_FILES:
        return counted(len(tree.roots), "block"), tried(catalog, entry)
    place = place_of(catalog, entry, own=tree)
    waiting, gone, seen = deque(_spread(tree.roots)), list[str](), set(tree.roots)

    def read(name: str, limits: Limits) -> SurfaceData:
        tile = read_osgb(tree, name, limits=limits)
        for child in tile.children:
            if child in seen:
                continue
            seen.add(child)
            if (tree.folder / child).is_file():
                waiting.append(child)
            else:
                gone.append(f"{readable(child)}: there is no such file: left out")
        notes = tuple(f"{readable(name)}: {note}" for note in tile.surface.notes)
        return replace(tile.surface, notes=notes)

    chosen = (waiting.popleft() for _ in range(FEW) if waiting)
    doubts = place_doubts(catalog, entry, tree)
    found, wrong = _tiles(chosen, read, OSGB, folder=tree.folder, wrong=doubts)
    origin = np.array(tree.origin)
    with telling(doubts):
        _stands(found, lambda points: place(points + origin), path)
    unnamed = [] if waiting else [f"{name}: {UNNAMED}" for name in tree.others if name not in seen]
    return f"{counted(len(tree.roots), 'block')}, {counted(len(found), 'file')} read", wrong + gone + unnamed


def tried(catalog: Catalog, entry: ModelEntry) -> list[str]:
    """Return what a build of a model omits or doubts.

    The same code decides it. Raises TwinError.
    """
    with TemporaryDirectory(prefix="twin-check-") as folder:
        build_foreign(Path(folder), catalog, entry, progress=lambda part: None)
        notes = read_notes(Path(folder)).get(entry.id, Notes())
    lacks = [f"lacks {notes.missing:,} of {notes.tiles:,} tiles"] if notes.missing else []
    return [*lacks, *notes.lines]


_READ = {"surface": _surface, "points": _points, "tileset": _tileset, "osgb": _osgb}


def _tiles(
    chosen: Iterable[str],
    read: Callable[[str, Limits], SurfaceData],
    limits: Limits,
    *,
    folder: Path,
    wrong: Sequence[str] = (),
) -> tuple[list[SurfaceData], list[str]]:
    """Tiles that can be read, and words for the others. Raises DamagedError where none can be."""
    found, errors, lost, patience = list[SurfaceData](), list[TwinError](), list[str](), TimeBudget(limits)
    for tile in chosen:
        try:
            with patience.limits() as shorter:
                found.append(read(tile, shorter))
        except TwinError as error:
            errors.append(error)
            lost.append(left_out(error, readable(tile), beneath=folder))
    notes = [note.replace(f"{folder}/", "") for data in found for note in data.notes]
    if not found:
        raise none_shown(errors, [*lost, *notes], what="files")
    return found, [*wrong, *lost, *notes]


def _spread(items: Sequence[T]) -> list[T]:
    """A few of many, the first among them, evenly spread."""
    if len(items) <= FEW:
        return list(items)
    return [items[k] for k in np.linspace(0, len(items) - 1, FEW).astype(int).tolist()]


def _stands(read: Sequence[SurfaceData], place: Place, path: Path) -> None:
    """Raises PlacementError where the model has no place, DamagedError where it has no triangle."""
    positions = _positions(read)
    if not positions:
        raise DamagedError(f"{path}: holds no triangle", path=path)
    for position in positions:
        place(_ends(position))


def _positions(read: Sequence[SurfaceData]) -> list[F64]:
    """Of all parts that are drawn, and of points."""
    parts = [part.position for data in read for part in data.parts if len(part.triangles)]
    return parts + [cloud.position for data in read for cloud in data.clouds]


def _ends(position: F64) -> F64:
    """The two corners of the box around points, (2, 3)."""
    return np.array([position.min(axis=0), position.max(axis=0)], dtype=np.float64)


def _pictures(read: Sequence[SurfaceData]) -> int:
    return len({part.image for data in read for part in data.parts if part.image is not None})

"""Build one catalog entry into a tileset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from meshes.build.foreign.agreement import place_doubts
from meshes.build.foreign.assembly import naming, telling
from meshes.build.foreign.footprint import cover_rings
from meshes.build.foreign.osgb import build_osgb
from meshes.build.foreign.placement import place_of
from meshes.build.foreign.points import build_points, cloud_of
from meshes.build.foreign.surfaces import build_surface
from meshes.build.foreign.tilesets import build_tileset
from meshes.readers.osgb import open_osgb
from meshes.tiles import write_tileset
from twin.catalog import Catalog, ModelEntry, frame_of
from twin.errors import TwinError
from twin.notes import Notes, write_notes
from twin.products import write_json
from twin.vertical import ellipsoid_minus_working_m


def build_foreign(
    folder: Path, catalog: Catalog, entry: ModelEntry, *, progress: Callable[[float], None]
) -> None:
    """Write ``<entry>/tileset.json`` with its GLBs into a folder.

    And ``notes.json`` of what was left out. ``<entry>/cover.json``: the rings inside which the model brings
    the ground. Raises TwinError with one line where the source cannot be used.
    """
    own, path = folder / entry.id, catalog.path_of(entry)
    own.mkdir()
    frame = frame_of(catalog.head)
    try:
        osgb = open_osgb(path, anchored=entry.anchor is not None) if entry.driver == "osgb" else None
        place = place_of(catalog, entry, own=osgb)
        doubts = place_doubts(catalog, entry, osgb)
        with telling(doubts):
            if osgb is not None:
                scale = 1.0 if entry.anchor is None else entry.anchor.scale
                made = build_osgb(own, osgb, place=place, scale=scale, progress=progress)
            elif entry.driver == "surface":
                z_up = None if entry.up is None else entry.up == "Z"
                made = build_surface(own, path, place=place, z_up=z_up, progress=progress)
            elif entry.driver == "points":
                made = build_points(own, cloud_of(catalog, entry), place=place, progress=progress)
            else:
                made = build_tileset(own, path, place=place, progress=progress)
        separation_m = ellipsoid_minus_working_m(catalog.head.vertical)
        write_tileset(own, made.tree, frame=frame, ellipsoid_minus_working_m=separation_m)
    except TwinError as error:
        raise naming(error, path) from None
    write_json(own / "cover.json", cover_rings(own, made.tree) if entry.ground else [])
    write_notes(
        folder, {entry.id: Notes(lines=(*doubts, *made.notes), missing=made.missing, tiles=made.tiles)}
    )

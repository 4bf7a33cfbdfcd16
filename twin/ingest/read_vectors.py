"""Read the vectors that a catalog names: guarded, converted and checked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.arrays import F64
from twin.catalog.entries import BarrierEntry, VectorEntry
from twin.crs import FrameError, crs_name, transform
from twin.ingest.adapt import adapt, figures
from twin.ingest.errors import ColumnError, CrsError, FormatError, LimitError
from twin.ingest.features import Features
from twin.ingest.guard import DEFAULT, guarded
from twin.ingest.limits import Limits
from twin.ingest.stated_crs import check_agreement, stated_system
from twin.ingest.zones import datum_doubt, zone_fault

_NOTHING_SAID = ("EPSG:4326", "EPSG:4979", "OGC:CRS84")
"""What a GeoJSON without a ``crs`` member is in, whatever its coordinates are, and many write for nothing."""
_MEND = "take it out of the file (a Shapefile has it in .prj) and set crs in the catalog"


def read_vector(path: Path, entry: VectorEntry, *, crs: str, limits: Limits = DEFAULT) -> Features:
    """Read a vector source's features, converted to ``crs``.

    A frame's, or a raster's own; z is left out. The catalog's ``crs`` wins over a GeoJSON's WGS84 (which it
    is without saying so) and wherever it is GCJ-02; whatever else a file says must agree with it. Barriers
    are checked to have a crest height each. Raises IngestError.
    """
    import shapely  # noqa: PLC0415  (only builds read vectors)

    arguments = _vector_arguments(entry)
    with guarded("vector", path, {**arguments, "keep": True}, limits=limits) as (answer, folder):
        source = vector_crs(answer, entry, path)
        ends = np.load(folder / "ends.npy", allow_pickle=False)
        packed = (folder / "geometry.bin").read_bytes()
    starts = np.concatenate([[0], ends[:-1]])
    if len(ends) != answer["count"] or (ends <= starts).any() or ends[-1] != len(packed):
        raise LimitError(f"{path}: the reader's answer does not fit together", path=path)
    chunks = [packed[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    geometry = shapely.from_wkb(np.array(chunks, dtype=object))
    if fault := zone_fault(*shapely.get_coordinates(geometry).T, crs=source):
        raise CrsError(f"{path}: {fault}", path=path)
    columns = dict(zip(answer["fields"], answer["attributes"], strict=True))
    if any(len(column) != len(ends) for column in columns.values()):
        raise LimitError(f"{path}: the reader's answer does not fit together", path=path)
    try:
        moved, fits = _moved(geometry, source, crs, strict=isinstance(entry, BarrierEntry))
    except FrameError as error:
        raise CrsError(f"{path}: {error}", path=path) from None
    columns = {name: list(compress(column, fits)) for name, column in columns.items()}
    attributes = adapt(columns, rename=entry.rename, unit_mult=entry.unit_mult, path=path)
    notes = (*vector_notes(answer), *_outside(fits, source), *filter(None, [datum_doubt(source, crs)]))
    features = Features(crs=crs, geometry=moved, attributes=attributes, notes=notes)
    if isinstance(entry, BarrierEntry):
        if (crest := entry.crest_field) in attributes:
            attributes[crest] = figures(attributes[crest], name="" if crest in entry.unit_mult else "crest_m")
        _check_barriers(features, entry.crest_field, path)
    return features


def vector_crs(answer: dict[str, Any], entry: VectorEntry, path: Path) -> str:
    """Return the CRS of a vector's coordinates.

    The catalog's, or the file's own. Raises CrsError.
    """
    told = answer["crs"]
    if entry.crs is None:
        if told is None:
            why = answer["unknown_crs"] or "does not say its coordinate system"
            raise CrsError(f"{path}: {why}: set crs in the catalog", path=path)
        return stated_system(str(told), path, mend=_MEND)
    silent = told is None or (entry.ogr_driver == "GeoJSON" and told in _NOTHING_SAID)
    if entry.crs != "GCJ-02" and not silent:
        check_agreement(entry.crs, stated_system(str(told), path, mend=_MEND), path)
    return entry.crs


def vector_notes(answer: dict[str, Any]) -> tuple[str, ...]:
    """Return what was left out or is doubtful, in words."""
    unknown = answer["unknown_crs"]
    notes = (*((f"{unknown}; crs is believed",) if unknown else ()), *answer["notes"])
    return tuple(dict.fromkeys(notes))


def _moved(
    geometry: NDArray[np.object_], source: str, target: str, *, strict: bool
) -> tuple[NDArray[np.object_], list[bool]]:
    """Shapes in another CRS, without those that lie outside what it can take; and which are left.

    Raises FrameError where ``strict`` and one does, or all do.
    """
    import shapely  # noqa: PLC0415

    def to_target(xy: F64, *, strict: bool) -> F64:
        moved = transform(xy[:, 0], xy[:, 1], source=source, target=target, strict=strict)
        return np.column_stack(moved)

    moved = shapely.transform(geometry, partial(to_target, strict=strict))
    places, owner = shapely.get_coordinates(moved, return_index=True)
    outside = np.zeros(len(moved), bool)
    outside[owner[~np.isfinite(places).all(axis=1)]] = True
    if outside.all():
        to_target(shapely.get_coordinates(geometry), strict=True)
    return moved[~outside], (~outside).tolist()


def _outside(fits: Sequence[bool], source: str) -> tuple[str, ...]:
    """A note on features that lie outside what their CRS can take; none where all fit."""
    count = fits.count(False)
    if not count:
        return ()
    which = f"feature {fits.index(False) + 1} lies" if count == 1 else f"{count:,} features lie"
    return (f"{which} outside what {crs_name(source)} can take: left out",)


def _vector_arguments(entry: VectorEntry) -> dict[str, object]:
    return {"driver": entry.ogr_driver, "layer": entry.layer, "encoding": entry.encoding}


def _check_barriers(features: Features, field: str | None, path: Path) -> None:
    """Lines or polygons, each with a crest."""
    for number, shape in enumerate(features.geometry, 1):
        if shape.geom_type.removeprefix("Multi") not in ("LineString", "Polygon"):
            words = f"feature {number} is a {shape.geom_type}; barriers are lines or polygons"
            raise FormatError(f"{path}: {words}", path=path)
    if field is None:
        return
    try:
        crests = features.column(field)
    except KeyError as error:
        raise ColumnError(f"{path}: crest_field: {error.args[0]}", path=path) from None
    for number, crest in enumerate(crests, 1):
        if isinstance(crest, bool) or not isinstance(crest, int | float) or not -500 <= crest <= 9000:
            raise ColumnError(
                f"{path}: feature {number} has no crest height in {field!r}: {crest!r}", path=path
            )

"""Compare a model's place in the catalog with its files."""

from __future__ import annotations

from pathlib import Path

from meshes.errors import PlacementError
from meshes.guard import guarded
from meshes.readers.osgb import OsgbTree
from twin.catalog import Catalog, ModelEntry, frame_of
from twin.crs import FrameError, check_crs, height_system, known_crs
from twin.crs_agreement import agree, crs_title
from twin.ingest.zones import datum_doubt
from twin.vertical import reference_doubts

_ALIKE = 1e-4  # relative: one kind of foot beside another


def place_doubts(catalog: Catalog, entry: ModelEntry, own: OsgbTree | None = None) -> list[str]:
    """Compare a model's place with its files'; doubts in words.

    ``own`` is what an OSGB tree says. What a cloud says inside is compared by its reader.

    Raises PlacementError where files and catalog contradict each other.
    """
    doubts = [] if own is None else _of_tree(catalog, entry, own)
    if entry.driver in ("surface", "points"):
        doubts += _beside(catalog, entry, catalog.path_of(entry))
    crs = None if entry.anchor is not None else entry.crs or (own.crs if own is not None else None)
    datum = datum_doubt(crs, catalog.head.frame.crs) if crs and known_place(crs) else ""
    _, unit = height_mult(entry, own)
    return [*doubts, *filter(None, (datum, unit))]


def height_mult(entry: ModelEntry, own: OsgbTree | None = None) -> tuple[float, str]:
    """Return the factor from a model CRS's heights to metres.

    And a doubt in words, or ''. A plane in feet whose system says nothing of heights is taken to have them in
    feet; ``unit_mult`` says otherwise. Clouds are read in metres. Raises PlacementError where ``unit_mult``
    contradicts the system.
    """
    crs = (None if own is None or not own.crs or not known_place(own.crs) else own.crs) or entry.crs
    if crs is None or crs == "GCJ-02" or entry.driver == "points" or entry.anchor is not None:
        return 1.0, ""
    unit_m, name, said = _height_unit(crs)
    mult = entry.unit_mult
    if mult is None:
        return unit_m, "" if said else (
            f"{crs_title(crs)} is in {name}, and nothing says what heights are in, which are taken as {name} "
            "too: set unit_mult in the catalog (1.0 for metres)"
        )
    if said and unit_m != 1.0 and abs(mult / unit_m - 1) > _ALIKE:
        raise PlacementError(
            f"says that its heights are in {name} ({unit_m:.8g} m), the catalog's unit_mult says {mult:g}: "
            "one is wrong"
        )
    return mult, ""


def known_place(crs: str) -> bool:
    """Return whether a CRS name defines where points lie."""
    try:
        if crs != "GCJ-02":
            check_crs(crs)
    except FrameError:
        return False
    return True


def strange_place(crs: str) -> str:
    """Return a name without a defined place, and why."""
    try:
        known_crs(crs)
    except FrameError:
        return f"{crs[:60]}, which PROJ does not know"
    return f"{crs_title(crs)[:80]}, which is no system of places on the ground"


def _height_unit(crs: str) -> tuple[float, str, bool]:
    """Metres in the unit of heights, its name, and whether the system says so: metres are said by all."""
    whole = known_crs(crs)
    vertical = next((part for part in whole.sub_crs_list if part.is_vertical), None)
    plane = next((part for part in whole.sub_crs_list if not part.is_vertical), whole)
    axis = (plane if vertical is None else vertical).axis_info[-1]
    if vertical is None and (not plane.is_projected or axis.unit_conversion_factor == 1.0):
        return 1.0, "metre", True
    return float(axis.unit_conversion_factor), str(axis.unit_name), vertical is not None


def _of_tree(catalog: Catalog, entry: ModelEntry, own: OsgbTree) -> list[str]:
    """What the metadata.xml of a tree says, beside what the catalog says."""
    doubts = list(own.notes)
    if own.crs and not known_place(own.crs):
        return [*doubts, f"metadata.xml says {strange_place(own.crs)}"]
    told = "ENU:{:g},{:g}".format(*own.tangent) if own.tangent else crs_title(own.crs) if own.crs else ""
    if entry.anchor is not None and told:
        doubts.append(f"metadata.xml says {told}; the catalog's anchor is used instead")
    if entry.crs is not None and own.tangent is not None:
        raise PlacementError(
            f"its metadata.xml says a plane at {told}, the catalog says {entry.crs}: one is wrong"
        )
    if entry.crs is not None and own.crs:
        doubts += [
            f"metadata.xml {doubt}" for doubt in _agreed(catalog, entry.crs, own.crs, "its metadata.xml")
        ]
    system = height_system(own.crs) if own.crs and own.crs != "GCJ-02" else None
    more = reference_doubts(system, entry.vertical) if system else ()
    return doubts + [f"metadata.xml {doubt}" for doubt in more]


def _agreed(catalog: Catalog, declared: str, told: str, file: str) -> list[str]:
    """Doubts where a file says ``told``. Raises PlacementError with its name where one is wrong."""
    if told == "GCJ-02":  # as only a metadata.xml may say
        if declared == told:
            return []
        raise PlacementError(f"{file} says it is in {told}, the catalog says {declared}: one is wrong")
    frame = frame_of(catalog.head)
    try:
        east, north = frame.to_crs(declared, *frame.place(catalog.head.reservoir.seed))
        doubt = agree(declared, told, x=[float(east)], y=[float(north)])
    except FrameError as error:
        raise PlacementError(f"{file} {error.message}") from None
    return [doubt] if doubt else []


def _beside(catalog: Catalog, entry: ModelEntry, path: Path) -> list[str]:
    with guarded("beside", path, {}) as (answer, _):
        told, prj = answer["crs"], str(answer["prj"])
        shift, strange = str(answer["shift"]), str(answer["strange"])
    doubts = []
    if strange:
        doubts.append(f"{strange} beside it names a coordinate system that PROJ does not know")
    if shift and entry.driver == "surface":
        doubts.append(
            f"{shift} beside it is not read: where the coordinates are less a shift, write it as anchor "
            "(east, north, height_m)"
        )
    if told is None or not known_place(str(told)):
        return doubts
    if entry.crs is None:
        return [
            *doubts,
            f"{prj} beside it says it is in {crs_title(str(told))}: the catalog's anchor is believed",
        ]
    return doubts + [
        f"{prj} beside it {doubt}" for doubt in _agreed(catalog, entry.crs, str(told), f"{prj} beside it")
    ]

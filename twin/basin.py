"""Facade of a basin: its catalog and the generation built from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from pkgutil import resolve_name
from typing import TypeVar

import numpy as np

from twin.access import catalog_seen_by
from twin.analysis.affected import Affected
from twin.analysis.gather import affected_of
from twin.arrays import F32, I32
from twin.bilingual import in_both
from twin.catalog import (
    Catalog,
    CurveEntry,
    Entry,
    OutletsEntry,
    RunEntry,
    Site,
    StationsEntry,
    TerrainEntry,
    frame_of,
    load_catalog_leniently,
)
from twin.catalog.layer_kinds import kind_of
from twin.errors import Reason, TwinError
from twin.frame import Frame
from twin.grid import Grid
from twin.layer_data import LayerData, ModelData, VectorData, shown_as
from twin.notes import Notes, read_notes
from twin.products import (
    NamedPlace,
    Painting,
    Surroundings,
    load_grid,
    load_painting,
    stations_step_name,
    table_step_name,
)
from twin.reservoir import ReservoirWater, Sill, read_curve
from twin.stations.network import Network, load_network
from twin.store import NOT_BUILT, Generation, NotBuiltError, Store
from twin.strict_json import read_json
from twin.water.curve import Curve
from twin.water.flood_points import points_from_csv
from twin.water.hypsometry import Hypsometry
from twin.water.outlets import Outlet, outlets_from_csv
from twin.water.scenario import Reconstruction, reconstruct

D = TypeVar("D", bound=LayerData)

GROUND_PRODUCTS = frozenset({"ground", "water", "picture", "terrain-tiles", "surroundings"})
"""Made from several entries; all others are named after the one that they are made from."""


class Basin:
    """Basin, read from one immutable generation.

    Arrays are memory-mapped: many views of one basin share their pages.
    """

    def __init__(self, catalog: Catalog, generation: Generation, *, whole: bool = True) -> None:
        self.catalog = catalog
        self.generation = generation
        #: Whether nothing is withheld: False of one from :meth:`seen_by`.
        self.whole = whole
        self.flood_faults: dict[str, str] = {}

    @classmethod
    def open(
        cls,
        catalog: Path | str,
        *,
        root: Path | str | None = None,
        store: Path | str | None = None,
        generation: str | None = None,
    ) -> Basin:
        """Open a built basin: its current generation, or the one named.

        Raises CatalogError where the catalog cannot be used, NotBuiltError where nothing was built from it.
        """
        read, _ = load_catalog_leniently(catalog, root=root)
        shelf = Store.beside(read.path, None if store is None else Path(store))
        found = shelf.current() if generation is None else shelf.generation(generation)
        if found is None or found.catalog != read.head.id:
            raise NotBuiltError(
                f"{read.path}: nothing is built yet in {shelf.folder}; run 'twin build {catalog}'"
            )
        return cls(read, found)

    def seen_by(self, sees: str) -> Basin:
        """Return the basin filtered by a level of access.

        Itself where nothing is withheld. No layer, product, name, note or number of it comes from a withheld
        entry. Raises NothingToSeeError where the ground or every curve is withheld.
        """
        catalog = catalog_seen_by(self.catalog, sees)
        if catalog is self.catalog:
            return self
        served = self._stations_entry()
        if served is not None and served.id not in catalog.entries:  # live values are of those stations
            others = {k: e for k, e in catalog.entries.items() if not isinstance(e, StationsEntry)}
            catalog = replace(catalog, entries=others)
        generation = replace(
            self.generation,
            products={
                step: name for step, name in self.generation.products.items() if _is_seen(step, catalog)
            },
            faults=tuple(fault for fault in self.generation.faults if fault.entry in catalog.entries),
        )
        return Basin(catalog, generation, whole=False)

    # -- what it is -----------------------------------------------------------------------------------

    @property
    def site(self) -> Site:
        return self.catalog.site

    @property
    def synthetic(self) -> bool:
        """Whether data is invented, so that every picture must be marked.

        And every page and file.
        """
        return self.catalog.head.synthetic

    @cached_property
    def painting(self) -> tuple[Painting, ...]:
        """Sources of the picture on the terrain, the uppermost first."""
        return load_painting(self._product("picture"))

    @cached_property
    def frame(self) -> Frame:
        return frame_of(self.catalog.head)

    @property
    def lake(self) -> NamedPlace:
        """Name of the water, at the point that is always wet."""
        reservoir = self.catalog.head.reservoir
        east, north = self.frame.place(reservoir.seed)
        return NamedPlace(name=reservoir.name.model_dump(), east=east, north=north)

    @property
    def terrain(self) -> TerrainEntry:
        return self.catalog.only(TerrainEntry)

    @property
    def vertical_error_m(self) -> float:
        """Vertical error of the terrain's heights, m."""
        return self.terrain.vertical_error_m

    @property
    def bed_m(self) -> float | None:
        """Height below which ground was under water when surveyed.

        None if all of it is known.
        """
        return self.hypsometry.flown_m

    @property
    def cap_m(self) -> float:
        """Connection levels are known below this level."""
        return float(read_json(self._product("water") / "facts.json")["cap_cm"]) / 100.0

    @cached_property
    def vertical(self) -> str:
        """Conversion of the terrain's heights to working heights, in words."""
        return str(read_json(self._product("ground") / "facts.json")["vertical"])

    @cached_property
    def notes(self) -> dict[str, Notes]:
        """Notes of omissions and doubts by entry id.

        What the build left out of each entry or doubts; none of what is whole.
        """
        found: dict[str, Notes] = {}
        for step in self.generation.products:
            for entry, told in read_notes(self.generation.path(step)).items():
                found[entry] = found.get(entry, Notes()) + told
        return found

    # -- rasters and tiles ----------------------------------------------------------------------------

    def ground(self) -> tuple[F32, Grid]:
        """Return working heights, (rows, cols) float32 m, and their grid.

        NaN where there are none.
        """
        folder = self._product("ground")
        return np.load(folder / "ground.npy", mmap_mode="r"), load_grid(folder)

    def survey_at(self, x: float, y: float) -> Mapping[str, str] | None:
        """Return the title of the survey at a place of the ground.

        The place is in the ground's CRS; None outside, and where there is only one.
        """
        folder = self._product("ground")
        insets = read_json(folder / "facts.json").get("insets", ())  # older generations have none
        cell = load_grid(folder).cell_at(x, y)
        if not insets or cell is None:
            return None
        number = int(np.load(folder / "origin.npy", mmap_mode="r")[cell])
        if not number:
            return self.terrain.title.model_dump()
        name = insets[number - 1]
        entry = self.catalog.entries.get(name)  # gone from the catalog since?
        return in_both(name) if entry is None else entry.title.model_dump()

    def connection(self) -> I32:
        """Return connection levels in whole centimetres, int32, on the ground's grid."""
        levels: I32 = np.load(self._product("water") / "connection.npy", mmap_mode="r")
        return levels

    def terrain_tiles(self) -> Path:
        """Return the folder of the terrain's tileset."""
        return self._product("terrain-tiles")

    def surroundings(self) -> Surroundings | None:
        """Return the coarse catchment around the terrain, or None."""
        if not self.generation.has("surroundings"):
            return None
        folder = self._product("surroundings")
        heights = np.load(folder / "heights.npy", mmap_mode="r")
        return Surroundings(folder=folder, heights_m=heights, grid=load_grid(folder))

    # -- data of the layers ---------------------------------------------------------------------------

    def data(self, wanted: type[D]) -> list[D]:
        """Return data of every entry read into ``wanted``.

        In the catalog's order. What is not built, or could not be used, has nothing but its reason.
        """
        faults = {fault.entry: fault.why for fault in self.generation.faults}
        entries = self.catalog.entries.values()
        return [self._data_of(entry, wanted, faults) for entry in entries if _class_of(entry) is wanted]

    def _data_of(self, entry: Entry, wanted: type[D], faults: Mapping[str, Reason]) -> D:
        start = f"{wanted.group}/{entry.id}"
        steps = [s for s in sorted(self.generation.products) if s == start or s.startswith(f"{start}/")]
        if not steps:
            return wanted(**shown_as(entry), fault=faults.get(entry.id, NOT_BUILT))
        return wanted.read(entry, [self.generation.path(step) for step in steps])

    def vectors(self) -> list[VectorData]:
        """Return every vector data set, then every broken entry.

        In the catalog's order; a broken one has its reason alone.
        """
        data = self.data(VectorData)
        for broken in self.catalog.broken.values():
            title = broken.title.model_dump()
            data.append(VectorData(id=broken.id, kind=broken.kind, title=title, fault=broken.why))
        return data

    def models(self) -> list[ModelData]:
        """Return built data sets of 3D models, in catalog order."""
        return self.data(ModelData)

    # -- stations -------------------------------------------------------------------------------------

    def network(self) -> Network | None:
        """Return the stations of the first built entry, or None."""
        entry = self._stations_entry()
        return None if entry is None else load_network(self.generation.path(stations_step_name(entry.id)))

    def _stations_entry(self) -> StationsEntry | None:
        built = (
            e for e in self.catalog.of_class(StationsEntry) if self.generation.has(stations_step_name(e.id))
        )
        return next(built, None)

    # -- water ----------------------------------------------------------------------------------------

    @cached_property
    def water(self) -> ReservoirWater:
        """Water of the basin: ``basin.water.at(level_m=157.5)``."""
        reservoir = self.catalog.head.reservoir
        return ReservoirWater(
            curves=self.curves,
            hypsometry=self.hypsometry,
            lowest_m=reservoir.lowest_m,
            highest_m=reservoir.highest_m,
            vertical=self.vertical,
            vertical_error_m=self.terrain.vertical_error_m,
            generation=self.generation.id,
        )

    @cached_property
    def affected(self) -> Affected:
        """Villages and buildings by the level at which each gets wet.

        ``basin.affected.at(basin.water.state(158.0))``.
        """
        return affected_of(self)

    @cached_property
    def hypsometry(self) -> Hypsometry:
        """Table of area and storage of the terrain itself."""
        return Hypsometry.read_csv(self._product("water") / "hypsometry.csv", bed=self.terrain.bed)

    @cached_property
    def curves(self) -> dict[str, Curve]:
        """Usable editions of the curve, the default one first.

        In the catalog's order.
        """
        top = self.catalog.head.reservoir.highest_m
        return {
            entry.id: read_curve(path, entry, extended_to_m=top)
            for entry in self.catalog.of_class(CurveEntry)
            if (path := self.table(entry.id)) is not None
        }

    def sills(self) -> list[Sill]:
        """Return sills where a rising flood leaves, lowest first.

        Up to the highest level.
        """
        return [Sill(**sill) for sill in read_json(self._product("water") / "leaks.json")]

    @cached_property
    def floods(self) -> dict[str, Reconstruction]:
        """Published floods by entry, reconstructed on the default curve.

        One that cannot be reconstructed is left out; ``flood_faults`` says why.
        """
        floods = {}
        for entry in self.catalog.of_class(RunEntry):
            path = self.table(entry.id)
            try:
                if path is not None:
                    points = points_from_csv(path, zone=self.site.time_zone)
                    floods[entry.id] = reconstruct(points, curve=self.water.curve)
            except TwinError as error:
                self.flood_faults[entry.id] = str(error)
        return floods

    @cached_property
    def outlets(self) -> dict[str, Outlet]:
        """Outlets with rating tables, by id.

        Those of later entries replace earlier ones."""
        found: dict[str, Outlet] = {}
        for entry in self.catalog.of_class(OutletsEntry):
            if (path := self.table(entry.id)) is not None:
                found |= outlets_from_csv(path, opening_unit=entry.opening_unit)
        return found

    def table(self, entry_id: str) -> Path | None:
        """Return a curve's or run's checked CSV, or None.

        None where it could not be used.
        """
        step = table_step_name(entry_id)
        return self.generation.path(step) / "table.csv" if self.generation.has(step) else None

    def _product(self, step: str) -> Path:
        return self.generation.path(step)


def _is_seen(step: str, catalog: Catalog) -> bool:
    """Whether a step's product is the ground's, or of an entry of the catalog; none of an unknown form."""
    _, _, rest = step.partition("/")
    return step in GROUND_PRODUCTS or rest.partition("/")[0] in catalog.entries


def _class_of(entry: Entry) -> object:
    """The class that an entry's products are read into; None where they are read otherwise."""
    name = kind_of(entry.kind).data
    return resolve_name(name) if name else None

"""The basin: one facade over a catalog and the generation that was built from it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from pkgutil import resolve_name
from typing import TypeVar

import numpy as np

from twin.arrays import F32, I32
from twin.bilingual import in_both
from twin.catalog import (
    Catalog,
    CurveEntry,
    Entry,
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
from twin.water.scenario import Reconstruction, reconstruct

D = TypeVar("D", bound=LayerData)


class Basin:
    """Everything the twin knows of a basin, read from one immutable generation.

    Arrays are memory-mapped: many views of one basin share their pages.
    """

    def __init__(self, catalog: Catalog, generation: Generation) -> None:
        self.catalog = catalog
        self.generation = generation
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

    # -- what it is -----------------------------------------------------------------------------------

    @property
    def site(self) -> Site:
        return self.catalog.site

    @property
    def synthetic(self) -> bool:
        """Whether every picture, page and file must say that the data is invented."""
        return self.catalog.head.synthetic

    @cached_property
    def painting(self) -> tuple[Painting, ...]:
        """What the picture on the terrain was made from, the uppermost first."""
        return load_painting(self._product("picture"))

    @cached_property
    def frame(self) -> Frame:
        return frame_of(self.catalog.head)

    @property
    def lake(self) -> NamedPlace:
        """The water's name, at the point that is always wet."""
        reservoir = self.catalog.head.reservoir
        east, north = self.frame.place(reservoir.seed)
        return NamedPlace(name=reservoir.name.model_dump(), east=east, north=north)

    @property
    def terrain(self) -> TerrainEntry:
        return self.catalog.only(TerrainEntry)

    @property
    def vertical_error_m(self) -> float:
        """How far the terrain's heights may be off, m."""
        return self.terrain.vertical_error_m

    @property
    def bed_m(self) -> float | None:
        """Ground at or below this height was under water when it was surveyed; None if all of it is known."""
        return self.hypsometry.flown_m

    @property
    def cap_m(self) -> float:
        """Connection levels are known below this level."""
        return float(read_json(self._product("water") / "facts.json")["cap_cm"]) / 100.0

    @cached_property
    def vertical(self) -> str:
        """How the terrain's heights became working heights, in words."""
        return str(read_json(self._product("ground") / "facts.json")["vertical"])

    @cached_property
    def notes(self) -> dict[str, Notes]:
        """What the build left out of each entry or doubts, by the entry's id; none of what is whole."""
        found: dict[str, Notes] = {}
        for step in self.generation.products:
            for entry, told in read_notes(self.generation.path(step)).items():
                found[entry] = found.get(entry, Notes()) + told
        return found

    # -- rasters and tiles ----------------------------------------------------------------------------

    def ground(self) -> tuple[F32, Grid]:
        """Working heights, (rows, cols) float32 m, NaN where there are none; and their grid."""
        folder = self._product("ground")
        return np.load(folder / "ground.npy", mmap_mode="r"), load_grid(folder)

    def survey_at(self, x: float, y: float) -> Mapping[str, str] | None:
        """The title of the data set that the ground at a place, in its own CRS, is from; None outside, and
        where there is only one."""
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
        """Connection levels in whole centimetres, int32, on the ground's grid."""
        levels: I32 = np.load(self._product("water") / "connection.npy", mmap_mode="r")
        return levels

    def terrain_tiles(self) -> Path:
        """The folder of the terrain's tileset."""
        return self._product("terrain-tiles")

    def surroundings(self) -> Surroundings | None:
        """The coarse catchment around the terrain, where the catalog has one."""
        if not self.generation.has("surroundings"):
            return None
        folder = self._product("surroundings")
        heights = np.load(folder / "heights.npy", mmap_mode="r")
        return Surroundings(folder=folder, heights_m=heights, grid=load_grid(folder))

    # -- data of the layers ---------------------------------------------------------------------------

    def data(self, wanted: type[D]) -> list[D]:
        """Data of every entry that is read into ``wanted``, in the catalog's order.

        What is not built, or could not be used, has nothing but its reason.
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
        """Every vector data set in the catalog's order; then every broken entry, with its reason alone."""
        data = self.data(VectorData)
        for broken in self.catalog.broken.values():
            title = broken.title.model_dump()
            data.append(VectorData(id=broken.id, kind=broken.kind, title=title, fault=broken.why))
        return data

    def models(self) -> list[ModelData]:
        """Every data set of 3D models in the catalog's order, as far as it is built."""
        return self.data(ModelData)

    # -- stations -------------------------------------------------------------------------------------

    def network(self) -> Network | None:
        """The stations of the catalog's first such entry that is built; None where there is none."""
        for entry in self.catalog.of_class(StationsEntry):
            step = stations_step_name(entry.id)
            if self.generation.has(step):
                return load_network(self.generation.path(step))
        return None

    # -- water ----------------------------------------------------------------------------------------

    @cached_property
    def water(self) -> ReservoirWater:
        """What levels and storages mean: ``basin.water.at(level_m=157.5)``."""
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
    def hypsometry(self) -> Hypsometry:
        """The terrain's own table of area and storage."""
        return Hypsometry.read_csv(self._product("water") / "hypsometry.csv", bed=self.terrain.bed)

    @cached_property
    def curves(self) -> dict[str, Curve]:
        """The usable editions of the curve in the catalog's order; the first is the default one."""
        top = self.catalog.head.reservoir.highest_m
        return {
            entry.id: read_curve(path, entry, extended_to_m=top)
            for entry in self.catalog.of_class(CurveEntry)
            if (path := self.table(entry.id)) is not None
        }

    def sills(self) -> list[Sill]:
        """Where a rising flood leaves the lake up to the highest level, lowest first."""
        return [Sill(**sill) for sill in read_json(self._product("water") / "leaks.json")]

    @cached_property
    def floods(self) -> dict[str, Reconstruction]:
        """The published floods of the catalog, reconstructed on the default curve, by entry.

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

    def table(self, entry_id: str) -> Path | None:
        """The checked CSV of a curve or a run, or None where it could not be used."""
        step = table_step_name(entry_id)
        return self.generation.path(step) / "table.csv" if self.generation.has(step) else None

    def _product(self, step: str) -> Path:
        return self.generation.path(step)


def _class_of(entry: Entry) -> object:
    """The class that an entry's products are read into; None where they are read otherwise."""
    name = kind_of(entry.kind).data
    return resolve_name(name) if name else None

"""The steps of a basin that need no picture: sample, ground, water, vectors, tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from twin.build.sources import SAMPLE, Sources
from twin.build.step import Step, Tell
from twin.catalog import (
    BarrierEntry,
    Catalog,
    InsetEntry,
    StationsEntry,
    TableEntry,
    TerrainEntry,
    VectorEntry,
)
from twin.products import stations_step_name, table_step_name, vector_step_name

Products = Mapping[str, Path]


def basin_steps(catalog: Catalog) -> list[Step]:
    """All of them, in the order they are made."""
    steps = [_sample_step()] if catalog.needs_sample else []
    steps += [_ground_step(catalog), _water_step(catalog)]
    steps += [_vector_step(catalog, entry) for entry in catalog.of_class(VectorEntry)]
    steps += [_table_step(catalog, entry) for entry in catalog.of_class(TableEntry)]
    steps += [_stations_step(catalog, entry) for entry in catalog.of_class(StationsEntry)]
    return steps


def _sample_step() -> Step:
    def make(folder: Path, _products: Products, tell: Tell) -> None:
        from twin.sample import generate  # noqa: PLC0415

        generate(folder, progress=lambda _what, part: tell(part))

    return Step(
        name=SAMPLE,
        title=("生成示例流域", "generating the sample basin"),
        make=make,
        code=("twin.sample.generate",),
        seconds=20,
    )


def _ground_step(catalog: Catalog) -> Step:
    terrain = catalog.only(TerrainEntry)
    # Without its barriers the flood leaves the basin, and without an inset its numbers are others: where one
    # of them cannot be used, the build stops.
    entries = (terrain, *catalog.whole(InsetEntry), *catalog.whole(BarrierEntry))
    sources = Sources(catalog=catalog, entries=entries)

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from twin.build.ground import make_ground  # noqa: PLC0415

        make_ground(folder, sources=sources, products=products, tell=tell)

    return Step(
        name="ground",
        title=("整理地形与挡水建筑", "terrain and dams"),
        make=make,
        needs=sources.needs,
        sources=sources.files,
        settings=sources.settings,
        code=("twin.build.ground",),
        seconds=2,
        entry=terrain.id,
    )


def _water_step(catalog: Catalog) -> Step:
    terrain = catalog.only(TerrainEntry)
    reservoir = catalog.head.reservoir

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from twin.build.water import make_water  # noqa: PLC0415

        make_water(folder, catalog=catalog, ground=products["ground"], tell=tell)

    return Step(
        name="water",
        title=("计算每个格网的连通水位", "connection levels"),
        make=make,
        needs=("ground",),
        settings={
            "reservoir": reservoir.model_dump(mode="json", exclude={"name"}),
            "frame": catalog.head.frame.model_dump(mode="json"),
            "bed": terrain.bed,
            "error": terrain.vertical_error_m,
        },
        code=("twin.build.water",),
        seconds=4,
        entry=terrain.id,
    )


def _vector_step(catalog: Catalog, entry: VectorEntry) -> Step:
    sources = Sources(catalog=catalog, entries=(entry,))
    reservoir = catalog.head.reservoir

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from twin.build.vectors import make_vectors  # noqa: PLC0415

        make_vectors(folder, catalog=catalog, entry=entry, path=sources.path(entry, products))

    return Step(
        name=vector_step_name(entry.id),
        title=(f"读取{entry.title.zh}", f"reading {entry.title.en}"),
        make=make,
        needs=sources.needs,
        sources=sources.files,
        settings=sources.settings
        | {"label": entry.show.label, "levels": (reservoir.lowest_m, reservoir.highest_m)},
        code=("twin.build.vectors",),
        seconds=0.5,
        entry=entry.id,
        required=False,
    )


def _table_step(catalog: Catalog, entry: TableEntry) -> Step:
    sources = Sources(catalog=catalog, entries=(entry,))

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from twin.build.tables import make_table  # noqa: PLC0415

        make_table(folder, entry=entry, path=sources.path(entry, products))

    return Step(
        name=table_step_name(entry.id),
        title=(f"读取{entry.title.zh}", f"reading {entry.title.en}"),
        make=make,
        needs=sources.needs,
        sources=sources.files,
        settings=sources.settings | {"status": getattr(entry, "status", None)},
        code=("twin.build.tables",),
        seconds=0.3,
        entry=entry.id,
        required=False,
    )


def _stations_step(catalog: Catalog, entry: StationsEntry) -> Step:
    sources = Sources(catalog=catalog, entries=(entry,))
    beside = () if entry.datastreams is None else (catalog.beside(entry.datastreams),)
    needs = (*sources.needs, "ground", "water") if sources.needs else ()

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from twin.build.stations import make_stations  # noqa: PLC0415

        make_stations(folder, catalog=catalog, entry=entry, products=products)

    return Step(
        name=stations_step_name(entry.id),
        title=(f"读取{entry.title.zh}", f"reading {entry.title.en}"),
        make=make,
        needs=needs,
        sources=(*sources.files, *beside),
        settings=sources.settings,
        code=("twin.build.stations",),
        seconds=0.5,
        entry=entry.id,
        required=False,
    )

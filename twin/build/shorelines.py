"""Build shore contours: rings for maps, and what they enclose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.build.step import Products, Step, StepProgress
from twin.catalog import Catalog, frame_of
from twin.catalog.derived_entries import ShorelineEntry
from twin.notes import write_notes
from twin.products import save_features, vector_step_name

if TYPE_CHECKING:
    from twin.arrays import F64
    from twin.frame import Frame
    from twin.water.shoreline import Shoreline

SHOWN_BEND_M = 6.0
"""Bends smaller than this are left out of what views draw; the open files have them."""


def shoreline_steps(catalog: Catalog, entry: ShorelineEntry) -> list[Step]:
    """Make the step of an entry of shore contours."""
    reservoir = catalog.head.reservoir
    named = {level.level_m: level.name.model_dump() for level in catalog.site.levels}

    def make(folder: Path, products: Products, progress: StepProgress) -> None:
        make_shorelines(
            folder, catalog=catalog, entry=entry, ground=products["ground"], water=products["water"],
            progress=progress,
        )  # fmt: skip

    step = Step(
        name=vector_step_name(entry.id),
        title=(f"生成{entry.title.zh}", f"tracing {entry.title.en}"),
        make=make,
        needs=("ground", "water"),
        settings={
            "levels": entry.levels_m,
            "range": (reservoir.lowest_m, reservoir.highest_m),
            "named": [[level, named[level]] for level in sorted(named)],
        },
        seconds=2.0,
        entry=entry.id,
        required=False,
    )
    return [step]


def make_shorelines(
    folder: Path, *, catalog: Catalog, entry: ShorelineEntry, ground: Path, water: Path,
    progress: StepProgress,
) -> None:  # fmt: skip
    """Write ``data.parquet`` and ``features.json`` (rings), ``extents.parquet`` (what they enclose).

    A ring is the ``shore`` or an ``island``, closed, wet on its left. Islands keep their number from level to
    level: it is that of their highest cell, counted from north to south.
    """
    import geopandas  # noqa: PLC0415  (half a second and 100 MB, for builds only)
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    from twin.products import load_grid  # noqa: PLC0415
    from twin.water.shoreline import shore_at  # noqa: PLC0415

    frame, grid, reservoir = frame_of(catalog.head), load_grid(ground), catalog.head.reservoir
    wanted = sorted(set(entry.levels_m))
    levels = [level for level in wanted if reservoir.lowest_m <= level <= reservoir.highest_m]
    left_out = [f"{level:g} m is outside the reservoir's range" for level in wanted if level not in levels]
    connection_cm = np.load(water / "connection.npy", mmap_mode="r")
    ground_m = np.load(ground / "ground.npy", mmap_mode="r")
    shores: list[Shoreline] = []
    for number, level in enumerate(levels, 1):
        shores.append(shore_at(level, connection_cm=connection_cm, ground_m=ground_m))
        progress(0.7 * number / len(levels))
    names = {level.level_m: level.name.model_dump() for level in catalog.site.levels}
    islands = {top: k for k, top in enumerate(sorted({i.top for s in shores for i in s.islands}), 1)}

    def placed(ring: F64) -> F64:
        return np.column_stack(frame.from_crs(grid.crs, *grid.centre_of(ring[:, 0], ring[:, 1])))

    rings: list[Any] = []
    rows: list[dict[str, Any]] = []
    extents: list[Any] = []
    facts: list[dict[str, Any]] = []
    for shore in shores:
        outer, holes = [placed(ring) for ring in shore.outer], [placed(i.ring) for i in shore.islands]
        name = names.get(shore.level_m)
        for ring, island in [
            *((ring, None) for ring in outer),
            *zip(holes, shore.islands, strict=True),
        ]:
            rings.append(shapely.LineString(ring))
            own = None if island is None else islands[island.top]
            rows.append(_row(ring, shore, own, None if island is None else island.top_m, name, frame))
        extents.append(_extent(outer, holes))
        facts.append(
            {
                "level_m": shore.level_m,
                "islands": len(holes),
                "length_m": sum(row["length_m"] for row in rows if row["level_m"] == shore.level_m),
                "area_m2": _area_m2(extents[-1], frame),
            }
        )
    write_notes(folder, {entry.id: left_out})
    for file, shapes, table in (("data", rings, rows), ("extents", extents, facts)):
        columns = {name: [row[name] for row in table] for name in (table[0] if table else ())}
        geopandas.GeoDataFrame(columns, geometry=shapes, crs=frame.crs).to_parquet(
            folder / f"{file}.parquet", compression="zstd"
        )
    save_features(folder / "features.json", list(shapely.simplify(rings, SHOWN_BEND_M)), rows)


def _row(
    ring: F64, shore: Shoreline, island: int | None, top_m: float | None, name: dict[str, str] | None,
    frame: Frame,
) -> dict[str, Any]:  # fmt: skip
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    label = f"{shore.level_m:g}"
    return {
        "id": f"{shore.level_m:.2f}/{'shore' if island is None else f'island-{island}'}",
        "level_m": shore.level_m,
        "part": "shore" if island is None else "island",
        "island": island,
        "top_m": round(top_m, 2) if top_m is not None and np.isfinite(top_m) else None,
        "length_m": round(_length_m(ring, frame), 1),
        "area_m2": round(_area_m2(shapely.Polygon(ring), frame), 1),
        "named": name is not None,
        "name_zh": "" if island is not None else label if name is None else f"{name['zh']} {label}",
        "name_en": "" if island is not None else label if name is None else f"{name['en']} {label}",
    }


def _extent(outer: list[F64], holes: list[F64]) -> Any:
    """Polygons with their islands as holes."""
    import shapely  # noqa: PLC0415

    if len(outer) == 1:
        return shapely.Polygon(outer[0], holes)
    land = shapely.multipolygons([shapely.Polygon(ring) for ring in holes])
    return shapely.difference(shapely.multipolygons([shapely.Polygon(ring) for ring in outer]), land)


def _length_m(ring: F64, frame: Frame) -> float:
    """On the ellipsoid: a projection may be out by a thousandth."""
    from twin.geodesy import ellipsoid  # noqa: PLC0415

    lon, lat = frame.to_lonlat(ring[:, 0], ring[:, 1])
    return float(ellipsoid(frame.crs).line_length(lon, lat))


def _area_m2(shape: Any, frame: Frame) -> float:
    from twin.geodesy import shape_area_m2  # noqa: PLC0415

    return shape_area_m2(shape, crs=frame.crs)

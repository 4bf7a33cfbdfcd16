"""Generate the sample basin, step by step.

Mountains, valleys, dams, villages, and last of all bed and shores.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from twin.areas import cell_areas
from twin.arrays import F32, U8, Bools
from twin.cog import write_cog
from twin.sample import (
    bed,
    dams,
    features,
    hollow,
    landcover,
    map_areas,
    names,
    relief,
    roads,
    seam,
    towns,
    townships,
    valleys,
    vectors,
    villages,
    watersheds,
)
from twin.sample.dams import Dam
from twin.sample.facts import SEED_POINT
from twin.sample.grids import REGION, WINDOW
from twin.sample.relief import Relief
from twin.sample.roads import Road
from twin.sample.villages import Village

# Where roads leave the picture, east and north.
ROADS_OUT = [
    (460_060.0, 4_501_500.0), (519_900.0, 4_511_500.0), (460_060.0, 4_470_000.0), (476_000.0, 4_461_800.0),
    (505_000.0, 4_461_800.0), (519_900.0, 4_486_500.0), (486_500.0, 4_511_900.0),
]  # fmt: skip
RANGED_M2 = 0.9e6  # rivers of so large a catchment may have ranges
VILLAGE_STREAM_M2 = 6e6  # villages keep away from streams with larger catchments
Progress = Callable[[str, float], None]


@dataclass(frozen=True, kw_only=True)
class Shaped:
    """Finished ground of the sample.

    The ground on ``WINDOW``, the catchment's on ``REGION``, and what was built on it.
    """

    basin: Relief
    region_m: F32
    height_m: F32
    in_lake: Bools  # floods up to 160.5 m
    dams: list[Dam]
    dam_bodies: Bools
    villages: list[Village]
    pads: Bools


def make(out: Path, *, seed: int, progress: Progress) -> None:
    """Write the sample's files into the folder ``out``."""
    shaped = shape(seed=seed, progress=progress)
    progress("land cover", 0.84)
    cover, ways = clothe(shaped, seed=seed)
    progress("files", 0.92)
    write(out, shaped, cover, ways, seed=seed)
    progress("done", 1.0)


def shape(*, seed: int, progress: Progress) -> Shaped:
    """Shape the ground: mountains, valleys, dams, pads, bed.

    Bed and shores last.
    """
    areas = cell_areas(WINDOW)
    progress("mountains", 0.0)
    region_m, drained = relief.region(seed=seed, step=lambda f: progress("mountains", 0.2 * f))
    basin = relief.window(region_m, drained, seed=seed, step=lambda f: progress("valleys", 0.2 + 0.4 * f))
    natural = basin.height_m
    valleys.lay_floors(natural, basin.drained)
    valleys.wear_necks(natural, WINDOW, seed=seed)
    natural = seam.join_edge(natural, region_m, basin.drained.area_m2)

    progress("dams", 0.62)
    at = WINDOW.cell_at(*SEED_POINT)
    assert at is not None
    outside = basin.inside_km < 0
    shift = bed.to_datum(natural, basin, seed=at, areas=areas)
    region_m = (region_m + shift * (region_m > 140.0)).astype(np.float32)
    closed, bodies = np.zeros(WINDOW.shape, np.bool_), np.zeros(WINDOW.shape, np.bool_)
    built = dams.close_basin(natural, closed, bodies, WINDOW, seed=at, outside=outside, rim_km=basin.rim_km)

    def with_bed(ground_m: F32) -> tuple[F32, Bools]:
        lake = bed.fill(ground_m, seed=at, closed=closed, areas=areas)
        shores = bed.meet_hypsometry(ground_m, lake=lake, keep=closed, areas=areas)
        return shores, lake.mask(WINDOW.shape)

    lake = bed.fill(natural, seed=at, closed=closed, areas=areas)
    pit = hollow.cut(natural, WINDOW, lake=lake, closed=closed, seed=seed)

    progress("villages", 0.72)
    ground, in_lake = with_bed(natural)  # villages are placed by their height above the water
    stream = basin.drained.area_m2 > VILLAGE_STREAM_M2
    sites = villages.choose_sites(
        ground, WINDOW, lake=in_lake, stream=stream, inside_km=basin.inside_km, seed=seed
    )
    pads = villages.level_pads(ground, WINDOW, sites)

    progress("bed and shores", 0.78)
    ground, in_lake = with_bed(ground)  # again, for what the pads have moved
    pit.sink(ground)
    dams.check_closed(ground, WINDOW, seed=at, outside=outside)
    return Shaped(
        basin=basin,
        region_m=region_m,
        height_m=ground,
        in_lake=in_lake,
        dams=built,
        dam_bodies=bodies,
        villages=villages.found_levels(ground, WINDOW, sites),
        pads=pads,
    )


def clothe(shaped: Shaped, *, seed: int) -> tuple[U8, list[Road]]:
    """Return land cover, and the roads that are part of it."""
    basin, height = shaped.basin, shaped.height_m
    built_up, centres = towns.lay_towns(basin.inside_km < 0, WINDOW, seed=seed)
    places = [(v.east, v.north) for v in shaped.villages] + centres + ROADS_OUT
    water = shaped.in_lake & (height < 160.0)
    ways = roads.find_roads(height, WINDOW, barred=water, places=places, seed=seed + 64)
    ground = landcover.CoverInputs(
        height_m=height,
        catchment_m2=basin.drained.area_m2,
        plain_km=basin.inside_km,
        lake=shaped.in_lake,
        built=built_up | shaped.pads,
        roads=roads.on_roads(ways, WINDOW),
        dams=shaped.dam_bodies,
    )
    return landcover.cover(ground, WINDOW, seed=seed), ways


def mapped(shaped: Shaped, *, seed: int) -> dict[str, list[features.Feature]]:
    """Return watersheds, ranges, zones and belts as features."""
    at = WINDOW.cell_at(*SEED_POINT)
    assert at is not None
    height, drained = shaped.height_m, shaped.basin.drained
    sheds = watersheds.delineate(height, WINDOW, seed=at, closed=shaped.dam_bodies)
    small, shapes = watersheds.watershed_features(sheds)
    full, protected = (map_areas.lake_at(shaped.in_lake & (height < level)) for level in (160.0, 155.0))
    rivers = features.river_features(
        WINDOW, drained.area_m2, drained.receiver, shaped.basin.courses, least_m2=RANGED_M2
    )
    for number, river in enumerate(rivers):
        if not river["properties"]["name_zh"]:
            zh, en = names.composed(number % 186, "", "Creek")
            river["properties"].update(name_zh=zh, name_en=en)
    of_rivers, of_main_rivers = map_areas.river_ranges(rivers, full)
    on_lake = np.unique(sheds.label[(shaped.in_lake & (height < 157.5))[::2, ::2]])
    return {
        "watersheds": small,
        "river_ranges": of_rivers,
        "reservoir_ranges": map_areas.reservoir_ranges(full, sheds, seed=seed),
        "protection_zones": map_areas.protection_zones(protected, shapes, on_lake),
        "belts": map_areas.belts(shapely.union(full, of_main_rivers), WINDOW),
    }


def write(out: Path, shaped: Shaped, cover: U8, ways: list[Road], *, seed: int) -> None:
    """Write everything into the folder ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    basin, height = shaped.basin, shaped.height_m
    rasters = (
        ("terrain", height, WINDOW),
        ("surroundings", seam.join_surroundings(shaped.region_m, height), REGION),
        ("landcover", cover, WINDOW),
    )
    with ThreadPoolExecutor(max_workers=2) as writers:  # GDAL packs while the features are found
        packed = [
            writers.submit(write_cog, out / f"{name}.tif", values, grid, overviews="none")
            for name, values, grid in rasters
        ]
        district = features.district_feature(seed=seed)
        areas = townships.divide(shapely.Polygon(district["coordinates"]), shaped.villages, seed=seed)
        settled = townships.named(shaped.villages, areas)
        points, footprints = features.village_features(settled, seed=seed)
        found = mapped(shaped, seed=seed) | {
            "dams": features.dam_features(shaped.dams),
            "villages": points,
            "village_footprints": footprints,
            "rivers": features.river_features(
                WINDOW, basin.drained.area_m2, basin.drained.receiver, basin.courses, least_m2=25e6
            ),
            "roads": features.road_features(ways),
            "district": [district],
            "townships": townships.township_features(areas, settled),
            "places": features.place_features(height, shaped.in_lake, basin.courses, WINDOW),
        }
        for name, some in found.items():
            vectors.write(out / f"{name}.geojson", some)
        for one in packed:
            one.result()

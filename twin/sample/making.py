"""The sample basin, step by step: mountains, valleys, dams, villages, and last of all bed and shores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from twin.cog import write_cog
from twin.sample import (
    dams,
    features,
    hypsometry,
    joining,
    landcover,
    relief,
    roads,
    towns,
    valleys,
    vectors,
    villages,
)
from twin.sample.facts import SEED_POINT
from twin.sample.grids import REGION, WINDOW

# Where roads leave the picture, east and north.
ROADS_OUT = [
    (460_060.0, 4_501_500.0), (519_900.0, 4_511_500.0), (460_060.0, 4_470_000.0), (476_000.0, 4_461_800.0),
    (505_000.0, 4_461_800.0), (519_900.0, 4_486_500.0), (486_500.0, 4_511_900.0),
]  # fmt: skip
Progress = Callable[[str, float], None]


def make(out: Path, *, seed: int, progress: Progress) -> None:
    """Write the sample's files into the folder ``out``."""
    grid = WINDOW
    cell_m2 = grid.dx * grid.dy
    progress("mountains", 0.0)
    region_m, drained = relief.region(seed=seed, step=lambda f: progress("mountains", 0.2 * f))
    basin = relief.window(region_m, drained, seed=seed, step=lambda f: progress("valleys", 0.2 + 0.4 * f))
    height = basin.height_m
    valleys.lay_floors(height, basin.drained)
    valleys.wear_necks(height, grid, seed=seed)
    height = joining.join_edge(height, region_m, basin.drained.area_m2)

    progress("dams", 0.62)
    at = grid.cell_at(*SEED_POINT)
    assert at is not None
    shift = hypsometry.to_datum(height, basin, seed=at, cell_m2=cell_m2)
    region_m = (region_m + shift * (region_m > 140.0)).astype(np.float32)
    closed, bodies = np.zeros(grid.shape, np.bool_), np.zeros(grid.shape, np.bool_)
    built = dams.close_basin(
        height, closed, bodies, grid, seed=at, outside=basin.inside_km < 0, rim_km=basin.rim_km
    )

    progress("villages", 0.72)
    lake = hypsometry.fill(height, seed=at, closed=closed, cell_m2=cell_m2)
    first = hypsometry.meet_hypsometry(height, lake=lake, keep=closed, cell_m2=cell_m2)
    in_lake = lake.mask(grid.shape)
    stream = basin.drained.area_m2 > 6e6
    sites = villages.choose_sites(
        first, grid, lake=in_lake, stream=stream, inside_km=basin.inside_km, seed=seed
    )  # fmt: skip
    pads = villages.level_pads(first, grid, sites)

    progress("bed and shores", 0.78)
    lake = hypsometry.fill(first, seed=at, closed=closed, cell_m2=cell_m2)
    height = hypsometry.meet_hypsometry(first, lake=lake, keep=closed, cell_m2=cell_m2)
    in_lake = lake.mask(grid.shape)
    dams.check_closed(height, grid, seed=at, outside=basin.inside_km < 0)
    sites = villages.found_levels(height, grid, sites)

    progress("land cover", 0.84)
    built_up, centres = towns.lay_towns(basin.inside_km < 0, grid, seed=seed)
    places = [(v.east, v.north) for v in sites] + centres + ROADS_OUT
    ways = roads.find_roads(height, grid, barred=in_lake & (height < 160.0), places=places, seed=seed + 64)
    ground = landcover.Ground(
        height_m=height,
        catchment_m2=basin.drained.area_m2,
        plain_km=basin.inside_km,
        lake=in_lake,
        built=built_up | pads,
        roads=roads.on_roads(ways, grid),
        dams=bodies,
    )
    cover = landcover.cover(ground, grid, seed=seed)

    progress("files", 0.92)
    out.mkdir(parents=True, exist_ok=True)
    write_cog(out / "terrain.tif", height, grid, overviews="none")
    write_cog(out / "surroundings.tif", joining.join_surroundings(region_m, height), REGION, overviews="none")
    write_cog(out / "landcover.tif", cover, grid, overviews="none")
    vectors.write(out / "dams.geojson", features.dam_features(built))
    points, footprints = features.village_features(sites, seed=seed)
    vectors.write(out / "villages.geojson", points)
    vectors.write(out / "village_footprints.geojson", footprints)
    rivers = features.river_features(
        grid, basin.drained.area_m2, basin.drained.receiver, basin.courses, least_m2=25e6
    )
    vectors.write(out / "rivers.geojson", rivers)
    vectors.write(out / "roads.geojson", features.road_features(ways))
    vectors.write(out / "district.geojson", [features.district_feature(seed=seed)])
    vectors.write(out / "places.geojson", features.place_features(height, in_lake, basin.courses, grid))
    progress("done", 1.0)

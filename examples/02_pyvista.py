"""Draw data of your own into the streamed scene, with PyVista: a survey line, a zone around a dam, depths.

    python examples/02_pyvista.py --level 157.5 --out survey.png
    python examples/02_pyvista.py my_catalog.yaml --root data --level 150 --language en

Without a catalog it is the sample basin; what has not been built yet is built first.
"""

from __future__ import annotations

import argparse
import sys
from math import sqrt
from pathlib import Path

import numpy as np
import pyvista as pv
import shapely
from PIL import Image

from layers import Stage, blocks
from meshes.pipeline import build, is_built
from twin import Basin, TwinError, what_if

SAMPLE = Path(__file__).resolve().parents[1] / "data_catalog.yaml"
ZONE_M, WALL_M = 1000.0, 90.0
DEPTHS_M = (10.0, 20.0, 30.0, 40.0)


def main() -> int:
    ask = parse_args()
    try:
        if not is_built(ask.catalog, root=ask.root, store=ask.store):
            print("building what is missing …", file=sys.stderr)
            build(ask.catalog, root=ask.root, store=ask.store)
        basin = Basin.open(ask.catalog, root=ask.root, store=ask.store)
        save_picture(basin, level_m=ask.level, language=ask.language, size=ask.size, out=ask.out)
    except (TwinError, OSError) as error:
        print(f"{Path(__file__).name}: {error}", file=sys.stderr)
        return 1
    return 0


def save_picture(basin: Basin, *, level_m: float, language: str, size: tuple[int, int], out: Path) -> None:
    """Add data of one's own to the scene at a level, look at it over the dam. Raises LevelOutOfRange."""
    water = pv.wrap(blocks(basin, level_m=level_m))["water"].cell_data_to_point_data()

    plotter = pv.Plotter(off_screen=True, window_size=size)
    stage = Stage(basin, plotter=plotter)
    stage.apply(stage.fresh(what_if(level_m)).changed(language=language))

    # What the twin computed, coloured by PyVista. It lies a little over the water that the scene draws.
    bar = {"title": "depth, m", "vertical": True, "color": "white", "fmt": "%.0f", "n_labels": 6}
    bar |= {"position_x": 0.92, "position_y": 0.22, "width": 0.06, "height": 0.36}
    bar |= {"title_font_size": size[1] // 40, "label_font_size": size[1] // 45}
    plotter.add_mesh(
        water.translate((0.0, 0.0, 4.0)),
        scalars="depth_m", cmap="YlGnBu", clim=(0.0, 50.0), opacity=0.75, nan_opacity=0.0,
        lighting=False, scalar_bar_args=bar,
    )  # fmt: skip
    lines = water.contour(DEPTHS_M, scalars="depth_m").translate((0.0, 0.0, 6.0))
    plotter.add_mesh(lines, color="white", opacity=0.5, line_width=1, lighting=False)

    # A survey line: any east and north, here a boat's way; the stage knows where it lies in the scene.
    reach_m = 0.2 * sqrt(basin.water.at(level_m=level_m).curve_area_m2)
    for leg in boats_way(basin, stage, reach_m=reach_m, level_m=level_m):
        plotter.add_mesh(pv.lines_from_points(leg), color="gold", line_width=4, lighting=False)

    # A zone around the longest dam stands on the ground as a wall.
    dam = longest_dam(basin)
    if dam is not None:
        for foot in zone_around(dam, stage):
            top = foot + np.array([0.0, 0.0, WALL_M])
            wall = pv.StructuredGrid(*np.moveaxis(np.stack([foot, top])[None], -1, 0))
            plotter.add_mesh(wall, color="#ff5a36", opacity=0.55, lighting=False)
            plotter.add_mesh(pv.lines_from_points(top), color="#ff5a36", line_width=3, lighting=False)
        look_over(dam, basin, stage, plotter)

    stage.settle()  # the tiles that this camera needs have been loaded
    Image.fromarray(stage.picture()).save(out, format="PNG")  # with names; plotter.screenshot() has none
    stage.close()
    plotter.close()
    deepest = np.nanmax(water["depth_m"])
    print(f"{out}: {level_m:g} m, {water.n_cells} wet cells, {deepest:.1f} m deep at most")


def boats_way(basin: Basin, stage: Stage, *, reach_m: float, level_m: float) -> list[np.ndarray]:
    """A zigzag over the lake, (n, 3) in the scene for each stretch that is wet."""
    north = np.linspace(-reach_m, reach_m, 1000)
    east = reach_m / 3 * (2 / np.pi) * np.arcsin(np.sin(6 * np.pi * north / reach_m))
    east, north = east + basin.lake.east, north + basin.lake.north
    wet = stage.ground.connection(east, north) <= level_m
    way = stage.place(east, north, above_m=8.0)
    stretches = np.split(way, np.flatnonzero(np.diff(wet)) + 1)
    return [stretch for stretch in stretches[0 if wet[0] else 1 :: 2] if len(stretch) > 1]


def longest_dam(basin: Basin) -> shapely.LineString | None:
    dams = [shape for data in basin.vectors() if data.kind == "barriers" for shape in data.geometries]
    return max(dams, key=shapely.length, default=None)


def zone_around(dam: shapely.LineString, stage: Stage) -> list[np.ndarray]:
    """The zone's edge, (n, 3) on the ground for each ring of it that lies on the terrain."""
    terrain = shapely.box(*stage.terrain.extent).buffer(-60.0)
    rings = shapely.get_rings(shapely.get_parts(dam.buffer(ZONE_M).intersection(terrain)))
    return [stage.place(*shapely.get_coordinates(shapely.segmentize(ring, 25.0)).T) for ring in rings]


def look_over(dam: shapely.LineString, basin: Basin, stage: Stage, plotter: pv.Plotter) -> None:
    """Move the plotter's camera, which is the scene's too, to look over the dam up the lake."""
    x, y = dam.centroid.x, dam.centroid.y
    away, back = np.array([basin.lake.east - x, basin.lake.north - y]), 2.3
    plotter.camera.focal_point = stage.place(*((x, y) + 0.6 * away))
    plotter.camera.position = stage.place(*((x, y) - back * away), 155.0 + 1.7 * np.hypot(*away))
    plotter.camera.up = (0.0, 0.0, 1.0)


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Draw data of your own into the streamed scene.")
    parser.add_argument("catalog", nargs="?", type=Path, default=SAMPLE, help="default: the sample basin")
    parser.add_argument("--root", type=Path, help="folder that the catalog's relative uris start from")
    parser.add_argument("--store", type=Path, help="folder of products (default: .twin beside the catalog)")
    parser.add_argument("--level", type=float, default=157.5, metavar="M", help="default: %(default)s m")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    parser.add_argument("--size", type=pixels, default=(1280, 720), metavar="WxH", help="default: 1280x720")
    parser.add_argument("--out", type=Path, default=Path("survey.png"), help="default: %(default)s")
    return parser.parse_args()


def pixels(text: str) -> tuple[int, int]:
    """'1280x720' as (width, height)."""
    try:
        width, height = (int(part) for part in text.split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write one like 1280x720") from None
    if not (16 <= width <= 7680 and 16 <= height <= 4320):
        raise argparse.ArgumentTypeError(f"{text} lies outside 16x16 to 7680x4320")
    return width, height


if __name__ == "__main__":
    sys.exit(main())

"""The flight over the villages, beside viewers that load them whole.

``python tests/bench/flight.py [CATALOG] [STORE] [SECONDS] [DETAIL]``: headless Chromium, 1280 × 720, on the
same cores as the servers. The peers show every triangle of all villages and every terrain triangle in view.
The villages are of ``high`` detail unless DETAIL says ``normal``; without STORE they are built into one of
their own.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

from layers.governor import FINE
from layers.tiles.models import BUDGET_BYTES
from meshes.pipeline import Detail, build
from meshes.tiles import map_glb, read_tree
from tests.bench.desk import PROJECT, p95
from tests.bench.flight_holes import FRAMES, holes_in_flight, terrain_in_courtyards
from tests.bench.flight_loading import FILES, megabytes_per_s, tile_files
from tests.bench.flight_many import frame_times
from tests.bench.flight_memory import FLIGHT_BYTES, random_flight
from tests.bench.flight_page import Desk, fly_the_desk, peer_fps
from tests.bench.flight_pictures import moving_to_still, seconds_to_rest, usual_to_finest
from tests.bench.flight_places import Flown
from twin.basin import Basin
from twin.errors import TwinError

STOPS = 3
Row = tuple[str, str, str]


def finest_triangles(basin: Basin) -> int:
    """Triangles of the finest tiles of all villages."""
    total = 0
    for folder in (folder for model in basin.models() for folder in model.folders):
        tree = read_tree(folder)
        for row in np.flatnonzero((tree.child_count == 0) & tree.has_content):
            parts = map_glb(folder / tree.content[row]).primitives
            total += sum(len(part.triangles) for part in parts if part.triangles is not None)
    return total


def in_the_browser(
    catalog: Path, store: Path | None, *, seconds: float, stops: int, peers: bool
) -> list[Row]:
    """The desk's page, and its peers' beside it."""
    where = {"catalog": catalog, "store": store}
    desk = fly_the_desk(**where, stops=stops, seconds=seconds)
    rows = [
        ("flight driven by the server, distinct frames/s", f"{desk.flight_fps:.1f}", "≥ 20"),
        ("its slowest leg, frames/s", f"{min(desk.legs_fps):.1f}", "stated"),
        ("dragging near a village, distinct frames/s", f"{desk.drag_fps:.1f}", "≥ 15"),
        ("mouse to frame, p95", f"{p95(desk.mouse_ms):.0f} ms", "≤ 150 ms"),
    ]
    return rows + beside(desk, **where, seconds=seconds) if peers else rows


def beside(desk: Desk, *, catalog: Path, store: Path | None, seconds: float) -> list[Row]:
    """The desk's dragging beside that of servers which load everything."""
    where = {"catalog": catalog, "store": store}
    rca = peer_fps("rca", **where, seconds=seconds)
    remote = peer_fps("remote", **where, seconds=seconds)
    # A peer that shows no frame at all in that time has fewer than one in it.
    least = 1.0 / max(2.0, seconds)
    signs = [("", "") if fps else ("< ", "> ") for fps in (rca, remote)]
    rca, remote = rca or least, remote or least / 3
    return [
        ("PyVista's remote view, all loaded, frames/s", f"{signs[1][0]}{remote:.2f}", ""),
        ("trame-rca, all loaded, JPEG, half resolution, frames/s", f"{signs[0][0]}{rca:.2f}", ""),
        ("dragging ÷ PyVista's remote view", f"{signs[1][1]}{desk.drag_fps / remote:.1f} ×", "≥ 25 ×"),
        ("dragging ÷ trame-rca", f"{signs[0][1]}{desk.drag_fps / rca:.1f} ×", "≥ 5 ×"),
    ]


def in_the_process(basin: Flown, *, frames: int, files: int) -> list[Row]:
    """What needs no browser: pictures, times, memory, holes."""
    coarsest, to_fine = moving_to_still(basin)
    rest = seconds_to_rest(basin)
    few, many = frame_times(basin, frames=max(2, frames // 2))
    speed = megabytes_per_s(basin, tile_files(basin, count=files))
    fine = usual_to_finest(basin)
    limit = f", at {fine.finest_px:.1f} px where memory ends" if fine.finest_px > 0.15 else ""
    through, looked = holes_in_flight(basin, frames=frames)
    poking, inside = terrain_in_courtyards(basin)
    views = len(coarsest)
    return [
        (
            f"moving picture to still at the coarsest step, SSIM, least of {views}",
            f"{min(coarsest):.3f}",
            "≥ 0.85",
        ),
        ("… to the fine picture after that still", f"{min(to_fine):.3f}", "stated"),
        ("jump to a view until all its tiles at 16 px are shown, longest", f"{max(rest):.2f} s", "≤ 2 s"),
        (f"moving frame over {few.tilesets} villages", f"{1000 * few.frame_s:.1f} ms", ""),
        (
            f"frame time, {few.tilesets} → {many.tilesets} villages",
            f"{many.frame_s / few.frame_s:.2f} ×",
            "≤ 1.15 ×",
        ),
        (
            f"tiles in memory over {many.tilesets} villages, most",
            f"{many.nbytes / 2**20:.2f} MiB",
            f"≤ {BUDGET_BYTES / 2**20:.0f} MiB",
        ),
        ("loading tiles until OpenGL takes them, ours", f"{speed['ours']:.1f} MB/s", ""),
        ("ours ÷ trimesh.load, pictures left encoded", f"{speed['ours'] / speed['trimesh']:.2f} ×", "≥ 10 ×"),
        ("ours ÷ trimesh.load and decoding", f"{speed['ours'] / speed['decoded']:.2f} ×", "stated"),
        (
            "ours without decoding ÷ trimesh.load",
            f"{speed['mapped'] / speed['trimesh']:.1f} ×",
            "stated",
        ),
        ("ours ÷ vtkGLTFReader", f"{speed['ours'] / speed['vtk']:.2f} ×", "≥ 3 ×"),
        (
            f"picture at 16 px to full detail{limit}, SSIM, least of {views}",
            f"{min(fine.alike):.3f}",
            "≥ 0.95",
        ),
        (
            f"fine picture at rest, {FINE.tile_error_px:.0f} px, to full detail, SSIM, least of {views}",
            f"{min(fine.fine_alike):.3f}",
            "≥ 0.95",
        ),
        (f"background seen through the ground, {looked} pictures of the flight", f"{through} px", "0"),
        (f"terrain in courtyards, of {inside:,} px looked at", f"{poking} px", "0"),
    ]


def of_a_long_flight(catalog: Path, store: Path | None, *, seconds: float) -> list[Row]:
    """Memory of a process that flies about with too small a budget."""
    held = random_flight(catalog, store, seconds=seconds)
    budget = f"{FLIGHT_BYTES / 2**20:.0f} MiB ({held.counted:.0%} used)"
    return [
        (
            f"memory of {seconds / 60:.1f} min of random flight ({held.legs} legs) over a budget of {budget}",
            f"{held.most - 1:+.0%}",
            "≤ +10 %",
        ),
        ("… its growth from the second to the last third, in budgets", f"{held.growth:+.1%}", "0"),
    ]


def main(
    catalog: Path,
    store: Path | None = None,
    seconds: float = 6.0,
    *,
    stops: int = STOPS,
    frames: int = FRAMES,
    files: int = FILES,
    flight_s: float = 600.0,
    peers: bool = True,
) -> None:
    """Measure what the store holds and print the table."""
    basin = Flown.open(catalog, store=store)
    rows: list[Row] = [("triangles of all villages", f"{finest_triangles(basin):,}", "≥ 8,000,000")]
    rows += in_the_browser(catalog, store, seconds=seconds, stops=stops, peers=peers)
    rows += in_the_process(basin, frames=frames, files=files)
    rows += of_a_long_flight(catalog, store, seconds=flight_s)
    print("| what | measured | wanted |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    which = Path(arguments[0]) if arguments else PROJECT / "data_catalog.yaml"
    detail = cast("Detail", arguments[3] if len(arguments) > 3 else "high")
    shelf = Path(arguments[1]) if len(arguments) > 1 else which.parent / ".twin" / f"flight-{detail}"
    try:
        build(which, store=shelf, detail=detail)
    except TwinError as error:
        sys.exit(f"flight.py: {error}")
    seconds = float(arguments[2]) if len(arguments) > 2 else 6.0
    main(which, shelf, seconds, flight_s=60 * float(arguments[4]) if len(arguments) > 4 else 600.0)

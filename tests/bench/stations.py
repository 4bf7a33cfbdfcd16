"""Live stations: keeping observations, finding one stretch among many, words over the scene.

The store lies on this machine's disk, SQLite with `synchronous=FULL`. Words: the sample at its home view,
1280 by 720, all 429 stations told anew and placed for each frame; beside it PyVista's `add_point_labels` with
the same texts, whose whole frame is timed since it places while it draws. A slow turn is 0.1 degree a frame.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np

from twin.scene import Density
from twin.stations.model import Observation
from twin.stations.store import Database, GroupWriter, Reader, Writer
from twin.stations.store.schema import as_us

START = datetime(2020, 1, 1, tzinfo=UTC)
NAMES: dict[Density, str] = {"normal": "≤ 25", "all": "≥ 60"}
"""How many names a view should show, by density."""
PROJECT = Path(__file__).resolve().parents[2]


def seen(stream: str, seconds: float, value: float) -> Observation:
    at = START + timedelta(seconds=seconds)
    return Observation(datastream=stream, phenomenon_at=at, received_at=at, value=value, quality="good")


def batches_per_s(folder: Path, *, count: int) -> float:
    """Observations a second, in batches of a thousand of 429 datastreams."""
    database = Database.sqlite(folder, write=True)
    writer = Writer(database)
    batches = [
        [seen(f"s{k % 429}", k // 429 * 300.0, k * 0.01) for k in range(first, first + 1000)]
        for first in range(0, count, 1000)
    ]
    start = time.perf_counter()
    for batch in batches:
        writer.append(batch)
    seconds = time.perf_counter() - start
    database.close()
    return count / seconds


async def acknowledged_per_s(folder: Path, *, each: int) -> float:
    """Observations a second, each acknowledged by itself, 200 stations at once."""
    database = Database.sqlite(folder, write=True)
    async with GroupWriter(Writer(database)) as group:

        async def station(number: int) -> None:
            for k in range(each):
                await group.submit([seen(f"s{number}", 300.0 * k, 1.0)])

        start = time.perf_counter()
        await asyncio.gather(*(station(number) for number in range(200)))
        seconds = time.perf_counter() - start
    database.close()
    return 200 * each / seconds


def fill(folder: Path, *, count: int) -> tuple[Database, str, datetime]:
    """A database of so many observations of 429 datastreams, every five minutes, put in by plain SQL."""
    database = Database.sqlite(folder, write=True)
    writer = Writer(database)
    writer.append([seen(f"s{k}", -300.0, 0.0) for k in range(429)])
    raw = database.engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    rows, first, step = count // 429, as_us(START), 300_000_000
    for stream in range(1, 430):
        cursor.execute(
            "INSERT INTO observations (stream, at, revision, received_at, value, quality, reason, feed) "
            "WITH RECURSIVE n(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM n WHERE k + 1 < ?) "
            "SELECT ?, ? + k * ?, 0, ? + k * ?, 150 + k % 1000 * 0.001, 0, '', 'bench' FROM n",
            (rows, stream, first, step, first, step),
        )
        raw.commit()
    raw.close()
    return database, "s200", START + timedelta(seconds=300.0 * (rows - 1))


def stretch_ms(database: Database, stream: str, end: datetime) -> tuple[float, int]:
    """The time of 72 hours of a datastream, median of 21, and how many values they hold."""
    reader = Reader(database)
    found = reader.history(stream, end - timedelta(hours=72), end)
    return _ms(lambda: reader.history(stream, end - timedelta(hours=72), end), 21), len(found.values)


def _ms(call: Callable[[], object], times: int) -> float:
    took = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        took.append(time.perf_counter() - start)
    return 1e3 * statistics.median(took)


def words(store: Path | None, *, frames: int, density: Density) -> list[tuple[str, str, str]]:
    from layers.labels.signs import Signs
    from layers.labels.symbols import Sign
    from layers.stage import Stage
    from twin.basin import Basin

    basin = Basin.open(PROJECT / "data_catalog.yaml", store=store)
    network = basin.network()
    assert network is not None, "the sample's stations are not built: twin build"
    stage = Stage(basin, size=(1280, 720))
    stage.apply(stage.scene.changed(density=density))
    panels = ((16, 57, 280, 310), (1024, 57, 1264, 617), (16, 630, 1264, 704))

    def told(frame: int) -> dict[str, Sign]:
        return {
            id_: Sign(
                name=station.name["zh"],
                detail=f"{12 + frame % 9}.34 m → · 3分前",
                state="fresh",
                rank=3 if k % 17 == 0 else 0,
            )
            for k, (id_, station) in enumerate(network.stations.items())
        }

    start = stage.home()
    took, shown = [], []
    for frame in range(frames):
        heading = (start.heading_deg + 0.1 * frame) % 360.0
        turned = start.model_copy(update={"heading_deg": heading})
        stage.apply(stage.scene.changed(camera=turned))
        signs = told(frame)
        begun = time.perf_counter()
        stage.show_signs(Signs(stations=signs))
        overlay = stage.overlay(size=(1280.0, 720.0), reserved=panels)
        took.append(time.perf_counter() - begun)
        labels = [x for x in overlay.labels if 0.06 < x.x < 0.94 and 0.08 < x.y < 0.94]
        shown.append({x.id for x in labels})
    draw_ms = _ms(lambda: stage.render(max_error_px=1.6), 9)
    home = stage.overlay(size=(1280.0, 720.0), reserved=panels)
    inside = [
        m for m in home.marks if m.rank and not any(_within(m.x * 1280, m.y * 720, box) for box in panels)
    ]
    alarmed = {m.id for m in inside}
    changes = sum(len(a ^ b) for a, b in pairwise(shown)) / max(
        1, sum(len(a | b) for a, b in pairwise(shown))
    )
    stage.close()
    peer_ms = pyvista_ms(basin, told(0), frames=max(3, frames // 20))
    place_ms = 1e3 * statistics.median(took)
    return [
        ("429 stations told and placed, median of a slow turn", f"{place_ms:.1f} ms", "≤ 3 ms"),
        ("the picture itself, at rest", f"{draw_ms:.0f} ms", "stated"),
        ("PyVista `add_point_labels`, a frame with the same texts", f"{peer_ms:.0f} ms", ""),
        ("names and words at the home view, panels kept free", f"{len(home.labels)}", NAMES[density]),
        (
            "alarmed stations in view whose words are shown",
            f"{len(alarmed & {x.id for x in home.labels})} of {len(alarmed)}",
            "all" if density == "all" else "the first",
        ),
        ("words that change between frames of a slow turn", f"{100 * changes:.2f} %", "< 1 %"),
    ]


def _within(x: float, y: float, box: tuple[float, float, float, float]) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def pyvista_ms(basin: object, signs: dict[str, object], *, frames: int) -> float:
    """A frame of PyVista's own labels on an empty scene, with a camera that moves."""
    import pyvista

    network = basin.network()  # type: ignore[attr-defined]
    frame = basin.frame  # type: ignore[attr-defined]
    stations = list(network.stations.values())
    east, north = frame.from_lonlat([s.lon for s in stations], [s.lat for s in stations])
    points = np.column_stack([np.asarray(east), np.asarray(north), np.full(len(stations), 200.0)])
    plotter = pyvista.Plotter(off_screen=True, window_size=(1280, 720))
    texts = [f"{signs[s.id].name} {signs[s.id].detail}" for s in stations]  # type: ignore[attr-defined]
    plotter.add_point_labels(points, texts, always_visible=True)
    plotter.show(auto_close=False)

    def turn() -> None:
        plotter.camera.azimuth += 0.1
        plotter.render()

    took = _ms(turn, frames)
    plotter.close()
    return took


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("--observations", type=int, default=50_000_000)
    ask.add_argument("--batches", type=int, default=100_000)
    ask.add_argument("--each", type=int, default=50)
    ask.add_argument("--frames", type=int, default=200)
    ask.add_argument("--store", type=Path, default=None)
    asked = ask.parse_args()
    rows = [
        (f"{density}: {what}", value, wanted)
        for density in NAMES
        for what, value, wanted in words(asked.store, frames=asked.frames, density=density)
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rate = batches_per_s(folder / "a", count=asked.batches)
        rows.append(("observations kept, in batches of 1,000", f"{rate:,.0f}/s", "≥ 5,000/s"))
        rate = asyncio.run(acknowledged_per_s(folder / "b", each=asked.each))
        rows.append(("observations kept, each acknowledged, 200 at once", f"{rate:,.0f}/s", "≥ 2,000/s"))
        begun = time.perf_counter()
        database, stream, end = fill(folder / "c", count=asked.observations)
        filled = time.perf_counter() - begun
        took, count = stretch_ms(database, stream, end)
        size = (folder / "c" / "observations.sqlite").stat().st_size
        database.close()
        what = f"72 h ({count} values) of one datastream out of {asked.observations:,}"
        rows.append((what, f"{took:.1f} ms", "≤ 50 ms"))
        rows.append(("… that database", f"{size / 1e9:.1f} GB, filled in {filled:.0f} s", ""))
    print("| what | measured | wanted |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()

"""Recording films, beside PyVista and a loop over its pictures.

``python tests/bench/film.py [CATALOG] [STORE]``: a flight over the basin's viewpoints with rising water. What
PyVista draws has the same camera, the whole terrain with its picture, the water of one level, models and
lines, no names and no words; drawn at twice the size, shrunk and encoded in the same way. Its ``open_movie``
needs imageio-ffmpeg, which is not installed: its pictures are taken with ``screenshot``. The draft's figure
is that of a third of the film, times three.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
import psutil
from PIL import Image

from apps.recorder.encoding import encode_segment
from apps.recorder.film_painter import FilmPainter
from apps.recorder.local_workers import record_locally
from apps.recorder.recording import record_film
from apps.recorder.recording_job import RecordingJob, SegmentReport, segments_of
from apps.recorder.segment_worker import SegmentWorker
from layers import blocks
from layers.film_stage import FilmQuality
from layers.scene_layers import aim
from meshes.pipeline import build, is_built
from meshes.stream.view import View
from meshes.stream.visibility import visibility
from twin.arrays import U8
from twin.basin import Basin
from twin.storyboard.storyboard import Storyboard

PROJECT = Path(__file__).resolve().parents[2]
PEER_FRAMES, JUDGED, FINER = 8, 12, FilmQuality(ground_px=1.0, tiles_px=2.0)
LIMIT_PX = 16.0


def job_of(
    catalog: Path, store: Path | None, *, seconds: float, size: tuple[int, int], fps: int, draft: bool = False
) -> RecordingJob:
    """A film over the site's viewpoints, two a shot, the last one dissolving in."""
    basin = Basin.open(catalog, store=store)
    views = [view.id for view in basin.site.viewpoints][:8] or ["home"]
    pairs = list(zip(views[::2], views[1::2] or views, strict=False)) or [(views[0], views[0])]
    each = seconds / len(pairs)
    low, high = basin.water.answered_from_m, basin.water.highest_m
    levels = [{"at_s": 0, "level_m": low + 0.4 * (high - low)}, {"at_s": each, "level_m": high - 0.1}]
    shots = [
        {
            "id": f"shot-{k}",
            "seconds": each,
            "camera": {"keys": [{"at_s": 0, "viewpoint": a}, {"at_s": each, "viewpoint": b}]},
            "water": {"levels": levels},
            "captions": [{"text": "水位上涨"}],
            "fade_s": min(1.0, each / 4) if k else 0.0,
        }
        for k, (a, b) in enumerate(pairs)
    ]
    told = {"title": "片", "size": size, "fps": fps, "shots": shots, "generation": basin.generation.id}
    board = Storyboard.model_validate_json(json.dumps(told))
    return RecordingJob(board=board, file=catalog, catalog=catalog, store=store, draft=draft)


def recorded(
    job: RecordingJob, folder: Path, *, first: int, end: int, workers: int
) -> tuple[float, list[str]]:
    """Record frames; seconds in all, opening included, and the frames' hashes."""
    start = time.perf_counter()
    segments = segments_of(first, end, fps=job.board.fps)
    reports: list[SegmentReport] = []

    def take(news: object) -> None:
        if isinstance(news, SegmentReport):
            reports.append(news)

    folder.mkdir()
    record_film(
        job,
        segments,
        folder / "film.mp4",
        partial=folder / "whole.mp4",
        recorder=lambda job, segments, parts: record_locally(job, segments, parts, workers=workers),
        on_news=take,
    )
    reports.sort(key=lambda report: report.number)
    return time.perf_counter() - start, [one for report in reports for one in report.hashes]


def peer_seconds(job: RecordingJob, frames: int) -> float:
    """Seconds a frame of PyVista takes with the scene loaded whole."""
    import pyvista as pv

    film = job.open_film()
    basin, (width, height) = film.basin, job.board.size
    scene = pv.wrap(blocks(basin, level_m=film.frame(0).scene.moment.level_m))
    plotter = pv.Plotter(off_screen=True, window_size=(2 * width, 2 * height))
    plotter.render_window.SetMultiSamples(0)
    terrain = scene["terrain"]
    picture = _picture(basin)
    if picture is not None:
        at = np.asarray(terrain.points)[:, :2]
        low, high = at.min(axis=0), at.max(axis=0)
        terrain.active_texture_coordinates = ((at - low) / (high - low)).astype(np.float32)
    plotter.add_mesh(terrain, texture=None if picture is None else pv.Texture(picture), show_scalar_bar=False)
    for name, colour in (
        ("surroundings", "#8a9a78"),
        ("water", "#2f6f9f"),
        ("models", "#b9b2a6"),
        ("vectors", "#e8e2d0"),
    ):
        if scene[name] is not None:
            plotter.add_mesh(scene[name], color=colour, show_scalar_bar=False)
    plotter.show(auto_close=False)

    def pictures() -> Iterator[U8]:
        for number in range(frames + 1):
            shown = film.frame(number * len(film) // (frames + 1)).scene
            aim(plotter.camera, shown.camera, basin.frame, shown.exaggeration)
            plotter.renderer.ResetCameraClippingRange()
            plotter.render()
            image = Image.fromarray(plotter.screenshot(return_img=True)).reduce(2)
            if number == 0:
                started.append(time.perf_counter())
            yield np.asarray(image)

    started: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        encode_segment(
            Path(folder) / "peer.mp4",
            pictures(),
            size=job.board.size,
            fps=job.board.fps,
            codec="h264",
            draft=False,
        )
    seconds = time.perf_counter() - started[0]
    plotter.close()
    return seconds / frames


def _picture(basin: Basin) -> U8 | None:
    import rasterio

    if not basin.generation.has("picture"):
        return None
    with rasterio.open(basin.generation.path("picture") / "surface.tif") as source:
        bands = source.read(out_shape=(3, min(source.height, 8192), min(source.width, 8192)))
    return np.ascontiguousarray(np.moveaxis(bands, 0, -1))


def judged(job: RecordingJob, hashes: dict[int, str]) -> tuple[int, int]:
    """Frames with a tile missing or coarser than 16 px, and frames that finer tiles beside them change."""
    painter = FilmPainter(job.open_film(), quality=job.quality)
    stage, coarse, other = painter.stage, 0, 0
    try:
        for number, known in hashes.items():
            shown = painter.film.frame(number)
            for scene in (shown.scene, *([shown.before.scene] if shown.before else [])):
                stage.apply(scene)
                stage.quality = FINER  # all tiles that finer pictures need are loaded, too
                stage.whole_picture()
                stage.quality = job.quality
            picture = painter.picture(number)
            coarse += not all(_fine(layer, stage) for layer in stage._scenery.streamed if layer.visible)
            other += sha256(picture.data).hexdigest() != known
    finally:
        painter.close()
    return coarse, other


def _fine(layer: Any, stage: Any) -> bool:
    """Whether a layer's tiles cover all that is in view, each at most 16 px off or the finest there is.

    By the tree alone: walked from its roots, without what streaming knows.
    """
    from layers.tiles.visible_set import view_of

    tree, drawn = layer._streamer.tree, set(layer.drawn.values())
    view: View = view_of(
        stage.renderer.GetActiveCamera(),
        stage.basin.frame,
        size=stage.picture_size,
        exaggeration=stage.scene.exaggeration,
    )
    waiting = np.flatnonzero(tree.parent < 0).tolist()
    if tree.absent_m is not None:  # villages that are too small to be seen are left out whole
        from meshes.stream.visibility import missed

        waiting = np.asarray(waiting)[missed(tree, np.asarray(waiting), [view])].tolist()
    while waiting:
        tile = waiting.pop()
        seen = visibility(tree, np.array([tile]), [view])
        if not seen.in_view[0]:
            continue
        children = list(range(tree.first_child[tile], tree.first_child[tile] + tree.child_count[tile]))
        if tile in drawn:
            if children and seen.error_px[0] > LIMIT_PX:
                return False
        elif children:
            waiting += children
        elif tree.content[tile]:
            return False
    return True


def memory_mb(job: RecordingJob, frames: int) -> float:
    """The most memory that a process had which recorded some frames, spread over the film."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_record_spread, args=(theirs, job, frames))
    process.start()
    told = float(ours.recv())
    process.join()
    return told


def _record_spread(pipe: Any, job: RecordingJob, frames: int) -> None:
    from apps.memory import set_malloc_thresholds

    set_malloc_thresholds()
    worker = SegmentWorker(job)
    with tempfile.TemporaryDirectory() as folder:
        count = len(job.open_film())
        for segment in segments_of(0, count, fps=1)[:: max(1, count // frames)]:
            worker.record(segment, Path(folder))
    pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)
    worker.close()


def main(
    catalog: Path,
    store: Path | None,
    *,
    size: tuple[int, int] = (1920, 1080),
    large: tuple[int, int] = (3840, 2160),
    seconds: float = 10.0,
    draft_s: float = 180.0,
    part: int = 3,
    workers: int = 2,
) -> None:
    if not is_built(catalog, store=store):
        build(catalog, store=store)
    job = job_of(catalog, store, seconds=seconds, size=size, fps=30)
    count = len(job.open_film())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        took_s, hashes = recorded(job, folder / "two", first=0, end=count, workers=workers)
        short = min(count, 40)
        _, alone = recorded(job, folder / "one", first=count - short, end=count, workers=1)
        peer_s = peer_seconds(job, min(PEER_FRAMES, count))
        draft = job_of(catalog, store, seconds=draft_s, size=(1280, 720), fps=15, draft=True)
        draft_s, _ = recorded(
            draft, folder / "draft", first=0, end=len(draft.open_film()) // part, workers=workers
        )
        looked = dict(list(enumerate(hashes))[:: max(1, count // JUDGED)])
        coarse, other = judged(job, looked)
        huge = job_of(catalog, store, seconds=seconds, size=large, fps=30)
        most_mb = memory_mb(huge, 6)
    rate, ratio = count / took_s, peer_s * count / took_s
    rows = [
        ("frames/s, 1920 × 1080, two processes", "≥ 1.5", f"{rate:.2f}"),
        ("times PyVista's pictures of the whole scene", "≥ 3", f"{ratio:.1f}"),
        ("draft of 3 minutes, 1280 × 720, 15 frames/s, min", "≤ 8", f"{draft_s * part / 60:.1f}"),
        (f"frames with a tile missing or coarser than 16 px, of {len(looked)}", "0", str(coarse)),
        ("frames that other tiles in memory would change", "0", str(other)),
        (
            f"frames of {short} that one process draws otherwise",
            "0",
            str(sum(a != b for a, b in zip(alone, hashes[-short:], strict=True))),
        ),
        ("memory of a process, 3840 × 2160, MB", "< 2500", f"{most_mb:.0f}"),
    ]
    print("| what | wanted | measured |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    cores = psutil.cpu_count()
    print(f"\n{count} frames in {took_s:.0f} s with opening; PyVista {peer_s:.2f} s a frame; {cores} cores.")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "data_catalog.yaml",
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
    )

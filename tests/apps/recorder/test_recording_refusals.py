"""What stops a recording is one line: missing tiles, workers that die, films that are being recorded."""

from __future__ import annotations

import fcntl
import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from apps.recorder.local_workers import record_locally
from apps.recorder.recording import record_film
from apps.recorder.recording_errors import OtherDriverError, RecordingBusyError, WorkerDiedError
from apps.recorder.recording_job import RecordingJob, Segment, SegmentReport, segments_of
from apps.recorder.segment_worker import SegmentWorker
from layers.errors import TilesMissingError
from tests.apps.command import twin
from tests.shared_store import SharedStore
from tests.small import write_small_basin
from twin.basin import Basin
from twin.storyboard.storyboard import Storyboard

BOARD = {
    "title": "片",
    "size": [320, 180],
    "fps": 2,
    "shots": [{"id": "s", "seconds": 1, "camera": {"keys": [{"at_s": 0, "viewpoint": "home"}]}}],
}
ONE = Segment(number=0, first=0, end=2)


class DeadlyJob(RecordingJob):
    """A film that kills the process it is handed to, as a kernel out of memory does."""

    def __setstate__(self, state: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def job_of(catalog: Path) -> RecordingJob:
    board = Storyboard.model_validate_json(json.dumps(BOARD))
    generation = Basin.open(catalog).generation.id
    board = board.model_copy(update={"generation": generation})
    return RecordingJob(board=board, file=catalog, catalog=catalog)


def test_a_tile_that_cannot_be_read_stops_the_run_and_is_named(
    shared_store: SharedStore, tmp_path: Path
) -> None:
    catalog = shared_store.build(write_small_basin(tmp_path / "small"))
    tiles = sorted(Basin.open(catalog).terrain_tiles().rglob("*.glb"))
    for tile in tiles:
        tile.unlink()  # a hard link or copy of this store's own
        tile.write_bytes(b"torn")
    worker = SegmentWorker(job_of(catalog))
    with pytest.raises(TilesMissingError, match=r"terrain/.*\.glb \(.+\)"):
        worker.record(ONE, tmp_path)
    worker.close()
    assert not list(tmp_path.glob("*.mp4"))


def test_a_worker_that_dies_again_and_again_is_told(small_basin: Path, tmp_path: Path) -> None:
    job = DeadlyJob(**vars(job_of(small_basin)))
    news = record_locally(job, [ONE], tmp_path, workers=2)
    assert [next(news) for _ in range(2)] == 2 * [
        "a drawing process was ended by SIGKILL; frames from 0 on are drawn again"
    ]
    with pytest.raises(WorkerDiedError, match="frames 0 to 1 was ended by SIGKILL, 3 times"):
        next(news)


def test_a_film_is_recorded_once_at_a_time(small_basin: Path, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    (tmp_path / "film.parts").mkdir()
    with (tmp_path / "film.parts" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(RecordingBusyError, match="another process records this film"):
            record_film(job_of(small_basin), [ONE], out, partial=out, recorder=lambda *_: iter(()))


def test_seconds_of_two_graphics_drivers_are_not_joined(small_basin: Path, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    rest = {"key": "", "hashes": (), "tiles": (), "numbers": (), "layers": ()}
    kept = SegmentReport(number=0, first=0, driver="NVIDIA H200", kept=True, **rest)
    drawn = SegmentReport(number=1, first=2, driver="llvmpipe (256 bits)", **rest)
    two = Segment(number=1, first=2, end=4)
    with pytest.raises(OtherDriverError, match=r"'NVIDIA H200', others by 'llvmpipe .*remove this folder"):
        record_film(job_of(small_basin), [two], out, partial=out, recorder=lambda *_: iter((kept, drawn)))


def test_a_movie_that_is_there_is_not_overwritten(small_basin: Path, tmp_path: Path) -> None:
    film, out = tmp_path / "film.yaml", tmp_path / "film.mp4"
    film.write_text(json.dumps(BOARD), encoding="utf-8")
    out.write_bytes(b"last week's")
    result = twin("record", film, "--catalog", small_basin, "-o", out)
    assert result.returncode == 1
    assert result.stderr.endswith("nothing is overwritten, give --output a new name\n")
    assert out.read_bytes() == b"last week's"
    assert {file.name for file in tmp_path.iterdir()} == {"film.yaml", "film.mp4"}


def test_a_full_disk_is_one_line(small_basin: Path, tiny_disk: Path, tmp_path: Path) -> None:
    (tiny_disk / "filler").write_bytes(bytes(1_020_000))
    worker = SegmentWorker(replace(job_of(small_basin), pngs=tiny_disk))
    with pytest.raises(Exception, match="the disk is full; free some space and try again"):
        worker.record(ONE, tmp_path)
    worker.close()


@pytest.mark.parametrize(
    ("first", "end", "fps", "spans"),
    [
        (0, 65, 30, [(0, 30), (30, 60), (60, 65)]),
        (15, 45, 30, [(15, 30), (30, 45)]),
        (30, 60, 30, [(30, 60)]),
        (7, 8, 30, [(7, 8)]),
    ],
)
def test_segments_are_cut_at_whole_seconds(
    first: int, end: int, fps: int, spans: list[tuple[int, int]]
) -> None:
    found = segments_of(first, end, fps=fps)
    assert [(segment.first, segment.end) for segment in found] == spans
    assert [segment.number for segment in found] == list(range(len(spans)))

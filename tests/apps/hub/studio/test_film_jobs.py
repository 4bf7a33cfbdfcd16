"""Recordings: one at a time, cancelled, kept over a restart, within their place on the disk."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from apps.hub.studio.film_jobs import FilmJob, FilmJobs, FilmsFullError
from tests.apps.studio.films import film

RECORDER = """
import pathlib, sys, time
folder, go = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
print("2 of 4 frames, 1 s left", file=sys.stderr, flush=True)
(folder / "begun").touch()
while not go.exists():
    time.sleep(0.01)
if "broken" in (folder / "storyboard.yaml").read_text():
    sys.exit("twin: shot a: no such viewpoint")
(folder / "film.mp4").write_bytes(b"movie")
"""


def command(go: Path) -> Callable[[Path, FilmJob], Sequence[Sequence[str]]]:
    return lambda folder, job: [[sys.executable, "-c", RECORDER, str(folder), str(go)]]


@asynccontextmanager
async def running(jobs: FilmJobs) -> AsyncIterator[FilmJobs]:
    task = asyncio.create_task(jobs.run())
    await asyncio.sleep(0)
    try:
        yield jobs
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(jobs: FilmJobs, holds: Callable[[], bool]) -> None:
    changed = asyncio.Event()
    jobs.on_change.add(changed.set)
    async with asyncio.timeout(20):
        while not holds():
            changed.clear()
            await changed.wait()


def states(jobs: FilmJobs) -> list[str]:
    return [job.state for job in reversed(jobs.jobs)]


async def test_one_is_recorded_at_a_time_and_each_says_how_it_ended(tmp_path: Path) -> None:
    go = tmp_path / "go"
    async with running(FilmJobs(tmp_path / "films", command(go))) as jobs:
        first = await jobs.add("a", film("a", title="a"), by="li", draft=False)
        second = await jobs.add("b", film("a", title="broken"), by="li", draft=True)
        third = await jobs.add("c", film("a", title="c"), by="li", draft=True)
        await until(jobs, lambda: jobs.jobs[-1].done == 2)
        assert (jobs.jobs[-1].total, states(jobs)) == (4, ["recording", "queued", "queued"])
        await jobs.cancel(third.id)
        go.touch()
        await until(jobs, lambda: states(jobs) == ["done", "failed"])
        assert jobs.files(first.id)["film.mp4"] == 5
        assert jobs.jobs[0].id == second.id and "no such viewpoint" in jobs.jobs[0].error
        assert jobs.file(first.id, "../job.json") is None and jobs.file(first.id, "job.json") is None
        await jobs.delete(first.id)
        assert not (jobs.folder / first.id).exists() and states(jobs) == ["failed"]


async def test_one_that_a_hubs_end_stopped_goes_on_with_the_next_hub(tmp_path: Path) -> None:
    go = tmp_path / "go"
    async with running(FilmJobs(tmp_path / "films", command(go))) as jobs:
        job = await jobs.add("a", film("a", title="a"), by="", draft=False)
        await until(jobs, lambda: jobs.jobs[0].done == 2)
    go.touch()
    async with running(FilmJobs(tmp_path / "films", command(go))) as jobs:
        await until(jobs, lambda: states(jobs) == ["done"])
        assert jobs.file(job.id, "film.mp4") == jobs.folder / job.id / "film.mp4"


async def test_a_cancelled_recording_ends_its_process_and_leaves_nothing(tmp_path: Path) -> None:
    async with running(FilmJobs(tmp_path / "films", command(tmp_path / "go"))) as jobs:
        job = await jobs.add("a", film("a", title="a"), by="", draft=False)
        await until(jobs, lambda: jobs.jobs[0].done == 2)
        await jobs.cancel(job.id)
        assert jobs.jobs == [] and list(jobs.folder.iterdir()) == []


async def test_recordings_keep_to_their_place(tmp_path: Path) -> None:
    jobs = FilmJobs(tmp_path / "films", command(tmp_path), most_gb=1e-9)
    jobs.folder.mkdir()
    (jobs.folder / "old.mp4").write_bytes(b"more than a byte")
    with pytest.raises(FilmsFullError):
        await jobs.add("a", film("a", title="a"), by="", draft=False)

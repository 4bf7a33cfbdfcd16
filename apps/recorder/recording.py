"""Record a film: segments by workers, joined, with a manifest.

Beside ``movie.mp4`` stand, until it is whole, ``movie.parts/`` with finished segments and ``movie.part.mp4``,
which plays. A recording that was killed goes on where it stopped.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from apps.recorder.animated_gif import write_gif
from apps.recorder.film_manifest import write_manifest
from apps.recorder.joining import SegmentJoiner, join_segments
from apps.recorder.local_workers import News
from apps.recorder.recording_errors import OtherDriverError, RecordingBusyError
from apps.recorder.recording_job import CONTAINERS, RecordingJob, Segment, SegmentReport, segment_file

Recorder = Callable[[RecordingJob, Sequence[Segment], Path], Iterator[News]]
"""Records segments into a folder; yields frames, lines for people and reports as they come."""


def record_film(
    job: RecordingJob,
    segments: Sequence[Segment],
    out: Path,
    *,
    partial: Path,
    recorder: Recorder,
    on_news: Callable[[News], None] = lambda news: None,
) -> None:
    """Record segments and write the movie to ``partial``, its manifest beside ``out``.

    ``partial`` becomes ``out`` by the caller. Raises what ``recorder`` raises, RecordingBusyError,
    OtherDriverError, OSError.
    """
    folder = parts_folder(out)
    with _alone(folder):
        part = _GrowingMovie(out, job, folder)
        reports: dict[int, SegmentReport] = {}
        try:
            for news in recorder(job, segments, folder):
                if isinstance(news, SegmentReport):
                    _check_driver(news, reports, folder)
                    reports[news.number] = news
                    part.extend(segments, reports)
                on_news(news)
        finally:
            part.close()
        in_order = [reports[segment.number] for segment in segments]
        files = [(segment_file(folder, segment, job), segment) for segment in segments]
        if out.suffix.lower() == ".gif":
            write_gif(partial, files, fps=job.board.fps)
        else:
            join_segments(partial, files, codec=job.codec, fps=job.board.fps, sound=job.sound)
        write_manifest(out.with_suffix(".manifest.json"), job, in_order)


def _check_driver(report: SegmentReport, others: Mapping[int, SegmentReport], folder: Path) -> None:
    """Refuse frames of two graphics drivers in one film. Raises OtherDriverError."""
    other = next((one.driver for one in others.values() if one.driver != report.driver), None)
    if other is not None:
        raise OtherDriverError(
            f"{folder}: some seconds were drawn by {other!r}, others by {report.driver!r}: record all of it "
            "on machines of one kind, or remove this folder to begin anew"
        )


def remove_parts(out: Path, job: RecordingJob) -> None:
    """Remove what was kept beside a movie while it was recorded."""
    part_file(out, job).unlink(missing_ok=True)
    shutil.rmtree(parts_folder(out), ignore_errors=True)


def parts_folder(out: Path) -> Path:
    """Return the folder of finished segments while ``out`` is recorded."""
    return out.with_suffix(".parts")


def part_file(out: Path, job: RecordingJob) -> Path:
    """Return the movie that grows while ``out`` is recorded."""
    return out.with_suffix(f".part.{CONTAINERS[job.codec]}")


class _GrowingMovie:
    """The growing movie: the finished segments from the first on.

    One of a run before stays until this one's is as long.
    """

    def __init__(self, out: Path, job: RecordingJob, folder: Path) -> None:
        self._job, self._folder, self._name = job, folder, part_file(out, job)
        self._partial = folder / f"growing{self._name.suffix}"
        self._partial.unlink(missing_ok=True)
        self._movie = SegmentJoiner(self._partial, codec=job.codec, fps=job.board.fps, growing=True)
        self._joined, self._shown = 0, False

    def extend(self, segments: Sequence[Segment], reports: dict[int, SegmentReport]) -> None:
        while self._joined < len(segments) and segments[self._joined].number in reports:
            segment = segments[self._joined]
            self._movie.append(segment_file(self._folder, segment, self._job), segment)
            self._joined += 1
        if not self._shown and any(not report.kept for report in reports.values()) and self._joined:
            self._partial.replace(self._name)
            self._shown = True

    def close(self) -> None:
        self._movie.close()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder of parts. Raises RecordingBusyError."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RecordingBusyError(
                f"{folder}: another process records this film; wait for it, or end it"
            ) from None
        yield

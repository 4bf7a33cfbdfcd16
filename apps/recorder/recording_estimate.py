"""Estimate a recording's time, size and memory from a few frames."""

from __future__ import annotations

import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from time import perf_counter

from apps.recorder.encoding import encode_segment
from apps.recorder.film_painter import FilmPainter
from apps.recorder.recording_job import RecordingJob
from apps.recorder.shots import Film
from twin.arrays import U8

SHOTS, FRAMES = 6, 3
"""Shots that are sampled, the longest, and frames of each."""


@dataclass(frozen=True, kw_only=True)
class RecordingEstimate:
    """Estimate of a recording with ``workers`` processes.

    ``frame_s`` is one frame's drawing and encoding by one process, ``start_s`` what each needs before its
    first. ``nbytes`` is the movie's size, ``worker_bytes`` the memory of one process.
    """

    frames: int
    seconds: float
    workers: int
    frame_s: float
    start_s: float
    nbytes: int
    worker_bytes: int

    @property
    def takes_s(self) -> float:
        """Time that the recording takes, s."""
        return self.start_s + self.frames * self.frame_s / self.workers


@dataclass(frozen=True, kw_only=True)
class _Sample:
    frames: int
    load_s: float
    draw_s: float
    encode_s: float
    nbytes: float


def estimate_recording(job: RecordingJob, *, workers: int) -> RecordingEstimate:
    """Draw and encode a few frames as the recording will, and extrapolate.

    Raises ShotError, TilesMissingError and what opening a window raises.
    """
    begun = perf_counter()
    film = job.open_film()
    painter = FilmPainter(film, quality=job.quality)
    opened_s = perf_counter() - begun
    try:
        samples = [_sampled(painter, job, shot) for shot in _longest(film)]
    finally:
        painter.close()
    total = sum(sample.frames for sample in samples)

    def mean(name: str) -> float:
        return float(sum(getattr(sample, name) * sample.frames for sample in samples) / total)

    return RecordingEstimate(
        frames=len(film),
        seconds=len(film) / job.board.fps,
        workers=workers,
        frame_s=mean("draw_s") + mean("encode_s"),
        start_s=opened_s + fmean(sample.load_s for sample in samples),
        nbytes=round(len(film) * mean("nbytes")),
        worker_bytes=_peak_bytes(),
    )


def _longest(film: Film) -> list[int]:
    lengths = {shot: film.first[shot + 1] - film.first[shot] for shot in range(len(film.storyboard.shots))}
    known = [shot for shot, length in lengths.items() if length]
    return sorted(sorted(known, key=lambda shot: -lengths[shot])[:SHOTS])


def _sampled(painter: FilmPainter, job: RecordingJob, shot: int) -> _Sample:
    """Frames of a shot behind its dissolve: the first one loads, the others are as most are."""
    film = painter.film
    first, end = film.first[shot], film.first[shot + 1]
    start = min(first + round(film.storyboard.shots[shot].fade_s * job.board.fps), end - 1)
    times, pictures = list[float](), list[U8]()
    for number in range(start, min(start + FRAMES, end)):
        begun = perf_counter()
        pictures.append(painter.picture(number))
        times.append(perf_counter() - begun)
    draw_s = fmean(times[1:] or times)
    encode_s, nbytes = _encoded(job, pictures)
    return _Sample(
        frames=end - first,
        load_s=max(0.0, times[0] - draw_s),
        draw_s=draw_s,
        encode_s=encode_s,
        nbytes=nbytes,
    )


def _encoded(job: RecordingJob, pictures: Sequence[U8]) -> tuple[float, float]:
    """Seconds and bytes of one frame, where each second begins with a whole picture."""
    with TemporaryDirectory() as folder:
        sizes = list[int]()
        begun = perf_counter()
        for some in (pictures[:1], pictures):
            file = Path(folder) / f"{len(some)}.{len(sizes)}"
            encode_segment(
                file, some, size=job.board.size, fps=job.board.fps, codec=job.codec, draft=job.draft
            )
            sizes.append(file.stat().st_size)
        seconds = (perf_counter() - begun) / (1 + len(pictures))
    more = len(pictures) - 1
    between = (sizes[1] - sizes[0]) / more if more else sizes[0]
    fps = job.board.fps
    return seconds, (sizes[0] + (fps - 1) * between) / fps


def _peak_bytes() -> int:
    """Largest resident memory of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024

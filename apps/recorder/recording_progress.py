"""Print a recording's progress with the time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from types import TracebackType

import click

from apps.recorder.local_workers import News
from apps.recorder.recording_job import RecordingJob, Segment, SegmentReport
from twin.counting import counted

START_S, FRAME_S, PIXEL_S = 2.5, 0.04, 7.5e-8
"""Of a core without a graphics card: to open a basin, for a frame beside its pixels, for a pixel of the
window."""
EVERY_S = 1.0


def estimate_s(job: RecordingJob, frames: int, *, workers: int) -> float:
    """Estimate how long ``frames`` take without a graphics card, s."""
    width, height = job.board.size
    samples = 4 if job.quality.smooth else 1
    return START_S + frames * (FRAME_S + PIXEL_S * samples * width * height) / workers


def duration(seconds: float) -> str:
    """Format a duration: ``1 h 05 min``, ``3 min 20 s``."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


class RecordingProgress:
    """Counts frames and prints the time left.

    Once a second on a terminal, else with every hundredth part.
    """

    def __init__(self, job: RecordingJob, segments: Sequence[Segment], *, workers: int) -> None:
        self._total = sum(len(segment) for segment in segments)
        self._sizes = {segment.number: len(segment) for segment in segments}
        self._estimate_s = estimate_s(job, self._total, workers=workers)
        self._workers = workers
        self._drawn, self._kept, self._redone = 0, 0, False
        self._start = self._first = self._told = time.monotonic()
        self._percent = 0

    def __enter__(self) -> RecordingProgress:
        about = duration(self._estimate_s)
        click.echo(
            f"{self._total} frames by {counted(self._workers, 'process')}: about {about}",
            err=True,
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if sys.stderr.isatty():
            click.echo("", err=True)

    def __call__(self, news: News) -> None:
        """Take notice of what a recorder yields."""
        if isinstance(news, str):
            click.echo(news, err=True)
        elif isinstance(news, SegmentReport):
            if news.kept:
                self._kept += self._sizes[news.number]
            if news.redone and not self._redone:
                self._redone = True
                click.echo("what is there was made from other data, script or program: drawn again", err=True)
        else:
            self._drawn += 1
            if self._drawn <= self._workers:
                self._first = time.monotonic()  # what opening takes is no frame's time
            else:
                self._tell()

    @property
    def outcome(self) -> str:
        """Summary of what was drawn and kept."""
        seconds = time.monotonic() - self._start
        rate = self._drawn / seconds if seconds else 0.0
        kept = f"{self._kept} kept of a run before, " if self._kept else ""
        return f"{kept}{self._drawn} drawn in {duration(seconds)} ({rate:.2f} frames/s)"

    def _tell(self) -> None:
        now = time.monotonic()
        done = min(self._total, self._kept + self._drawn)
        left_s = (now - self._first) / (self._drawn - self._workers) * (self._total - done)
        line = f"{done} of {self._total} frames, {duration(left_s)} left"
        if sys.stderr.isatty():
            if now - self._told >= EVERY_S:
                self._told = now
                click.echo(f"\r{line}\033[K", nl=False, err=True)
        elif (percent := 100 * done // self._total) > self._percent:
            self._percent = percent
            click.echo(line, err=True)

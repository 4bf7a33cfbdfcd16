"""Draw and encode segments of a film."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path

from PIL import Image

from apps.recorder.digests import job_digest, segment_key
from apps.recorder.encoding import encode_segment
from apps.recorder.film_painter import FilmPainter
from apps.recorder.recording_job import RecordingJob, Segment, SegmentReport, segment_file
from twin.arrays import U8
from twin.disk import refusal
from twin.store import write_whole
from twin.strict_json import JsonError, read_json


def read_report(file: Path) -> SegmentReport | None:
    """Read the report beside a segment's movie; None without one."""
    try:
        return SegmentReport.of(read_json(file.with_suffix(".json")))
    except (OSError, JsonError, TypeError, KeyError, AssertionError):
        return None


class SegmentWorker:
    """Records segments of one film, one at a time, in any order.

    Opens the film as late as it is needed. ``on_frame`` is called after each frame with its number.
    """

    def __init__(self, job: RecordingJob, *, on_frame: Callable[[int], None] = lambda number: None) -> None:
        self._job, self._on_frame = job, on_frame
        self._painter: FilmPainter | None = None

    def record(self, segment: Segment, folder: Path) -> SegmentReport:
        """Write a segment's movie and report into ``folder``.

        One that is there and made from the same is kept. Raises TilesMissingError, and SystemRefusalError for
        a full disk and the like.
        """
        painter = self._opened()
        file = segment_file(folder, segment, self._job)
        shots = [painter.shot_digest(shot) for shot in painter.shots(segment.first, segment.end)]
        key = segment_key(job_digest(self._job), segment, shots)
        known = read_report(file)
        if known is not None and known.key == key and file.is_file() and self._has_pngs(segment):
            return replace(known, number=segment.number, kept=True)
        try:
            made = self._recorded(painter, segment, file, key)
        except (OSError, MemoryError) as error:
            named = getattr(error, "filename", None)
            raise refusal(error, Path(named) if named else folder) from error
        return replace(made, redone=known is not None)

    def close(self) -> None:
        """Free the window."""
        if self._painter is not None:
            self._painter.close()

    # -- inner ----------------------------------------------------------------------------------------

    def _opened(self) -> FilmPainter:
        if self._painter is None:
            self._painter = FilmPainter(self._job.open_film(), quality=self._job.quality)
        return self._painter

    def _recorded(self, painter: FilmPainter, segment: Segment, file: Path, key: str) -> SegmentReport:
        job, hashes = self._job, list[str]()
        painter.tiles.clear()
        numbers: dict[str, tuple[int, str, str, str, str]] = {}
        shown = list[tuple[int, str, str, str, str]]()
        layers = set[str]()

        def pictures() -> Iterator[U8]:
            for number in range(segment.first, segment.end):
                picture = painter.picture(number)
                hashes.append(sha256(picture.data).hexdigest())
                if job.pngs is not None:
                    _write_png(job.pngs / png_name(number), picture)
                layers.update(layer.id for layer in painter.stage.layers.values() if layer.visible)
                for figure in painter.film.frame(number).words.numbers:
                    row = (number, figure.label, figure.value, figure.unit, figure.source)
                    if numbers.get(figure.label, row)[1:] != row[1:] or figure.label not in numbers:
                        shown.append(row)
                    numbers[figure.label] = row
                yield picture
                self._on_frame(number)

        encode_segment(
            file,
            pictures(),
            size=job.board.size,
            fps=job.board.fps,
            codec=job.codec,
            draft=job.draft,
        )
        report = SegmentReport(
            number=segment.number,
            first=segment.first,
            key=key,
            hashes=tuple(hashes),
            tiles=tuple(sorted(painter.tiles)),
            numbers=tuple(shown),
            layers=tuple(sorted(layers)),
            driver=painter.stage.driver,
        )
        write_whole(file.with_suffix(".json"), json.dumps(asdict(report), ensure_ascii=False))
        return report

    def _has_pngs(self, segment: Segment) -> bool:
        folder = self._job.pngs
        numbers = range(segment.first, segment.end)
        return folder is None or all((folder / png_name(number)).is_file() for number in numbers)


def png_name(number: int) -> str:
    """Name a frame's PNG."""
    return f"frame-{number:06}.png"


def _write_png(path: Path, picture: U8) -> None:
    partial = path.with_name(f".{path.name}")
    Image.fromarray(picture).save(partial, format="PNG", compress_level=1)
    partial.rename(path)

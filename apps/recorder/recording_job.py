"""Describe a recording to the processes that draw it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from apps.recorder.shots import Film
from twin.storyboard.film_basin import FilmBasin, open_film_basin
from twin.storyboard.storyboard import Storyboard

if TYPE_CHECKING:
    from layers.film_stage import FilmQuality

Codec = Literal["h264", "h264_nvenc", "vp9"]
CONTAINERS: dict[Codec, str] = {"h264": "mp4", "h264_nvenc": "mp4", "vp9": "webm"}


@dataclass(frozen=True, kw_only=True)
class RecordingJob:
    """Settings that decide a film's frames and their encoding.

    Plain values, for processes and other machines. ``board`` has the recording's own size, frame rate and
    generation. ``file`` is where it was read, ``pngs`` the folder that every frame is also written to.
    """

    board: Storyboard
    file: Path
    catalog: Path
    root: Path | None = None
    store: Path | None = None
    draft: bool = False
    codec: Codec = "h264"
    pngs: Path | None = None

    @property
    def quality(self) -> FilmQuality:
        """Errors and smoothness that frames are drawn with."""
        from layers.film_stage import DRAFT, FILM  # noqa: PLC0415  (VTK, in processes that draw only)

        return DRAFT if self.draft else FILM

    @property
    def sound(self) -> Path | None:
        """Sound file, beside the storyboard."""
        return None if self.board.sound is None else self.file.parent / self.board.sound

    def open_basin(self) -> FilmBasin:
        """Open the basin as the film's readers may see it.

        Raises what ``open_film_basin`` raises.
        """
        return open_film_basin(
            self.board, file=self.file, catalog=self.catalog, root=self.root, store=self.store
        )

    def open_film(self) -> Film:
        """Open the film; raises ShotError for what the basin cannot show."""
        opened = self.open_basin()
        return Film(self.board, opened.basin, left_out=opened.titles)


@dataclass(frozen=True, kw_only=True)
class Segment:
    """Second of a film: frames from ``first`` up to ``end``, excluded."""

    number: int
    first: int
    end: int

    def __len__(self) -> int:
        return self.end - self.first


def segments_of(first: int, end: int, *, fps: int) -> list[Segment]:
    """Cut frames into segments, at whole seconds of the film."""
    cuts = [first, *range((first // fps + 1) * fps, end, fps), end]
    return [Segment(number=number, first=a, end=b) for number, (a, b) in enumerate(pairwise(cuts)) if a < b]


@dataclass(frozen=True, kw_only=True)
class SegmentReport:
    """Report of a finished segment.

    ``key`` is the hash of all that decided its frames, ``hashes`` are theirs, of their RGB bytes. ``numbers``
    are the figures shown: (frame, label, value, unit, source) at the first frame of each value. ``driver`` is
    the graphics driver that drew it.
    """

    number: int
    first: int
    key: str
    hashes: tuple[str, ...]
    tiles: tuple[str, ...]
    numbers: tuple[tuple[int, str, str, str, str], ...]
    layers: tuple[str, ...]
    driver: str
    kept: bool = False
    redone: bool = False

    @classmethod
    def of(cls, found: Mapping[str, object]) -> SegmentReport:
        """Convert from JSON. Raises TypeError for what is none."""
        rows = found["numbers"]
        assert isinstance(rows, list)
        plain = {name: tuple(v) if isinstance(v, list) else v for name, v in found.items()}
        return cls(**{**plain, "numbers": tuple(map(tuple, rows))})  # type: ignore[arg-type]


def segment_file(folder: Path, segment: Segment, job: RecordingJob) -> Path:
    """Return the path of a segment's movie.

    Its report has the suffix ``.json``.
    """
    return folder / f"segment-{segment.number:04}.{CONTAINERS[job.codec]}"

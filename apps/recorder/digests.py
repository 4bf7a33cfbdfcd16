"""Hash what decides a film's frames: their content, the data, the program."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from apps.recorder.film_frame import FilmFrame
from apps.recorder.recording_job import RecordingJob, Segment

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("twin", "meshes", "layers", "apps/recorder")
LIBRARIES = ("av", "numpy", "pillow", "vtk")


def job_digest(job: RecordingJob) -> str:
    """Hash a recording's program, data and settings; not the frames."""
    return _hash(
        {
            "code": code_digest(),
            "libraries": libraries(),
            "generation": job.board.generation,
            "size": job.board.size,
            "fps": job.board.fps,
            "draft": job.draft,
            "codec": job.codec,
        }
    )


def segment_key(job: str, segment: Segment, shots: Iterable[str]) -> str:
    """Hash all that decides a segment.

    ``shots`` are the digests of the shots that it shows: names are placed over a whole shot.
    """
    return _hash({"job": job, "frames": (segment.first, segment.end), "shots": list(shots)})


def frames_digest(frames: Iterable[FilmFrame]) -> str:
    """Hash the content of frames."""
    digest = sha256()
    for frame in frames:
        digest.update(json.dumps(plain(frame), ensure_ascii=False).encode())
    return digest.hexdigest()


def plain(value: Any) -> Any:
    """Convert dataclasses, models and tuples to JSON's types, canonically."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if isinstance(value, int | float | str | bool | None) else str(value)


@cache
def code_digest() -> str:
    """Hash the sources of all that draws."""
    digest = sha256()
    for file in sorted(file for name in PACKAGES for file in (PROJECT / name).rglob("*.py")):
        digest.update(file.relative_to(PROJECT).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def libraries() -> dict[str, str]:
    """Return versions of the libraries that draw and encode."""
    return {name: version(name) for name in LIBRARIES}


def _hash(found: object) -> str:
    return sha256(json.dumps(found, sort_keys=True, default=str).encode()).hexdigest()

"""Write what a movie was made from: hashes, versions, tiles, figures, licences."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from apps.recorder.digests import code_digest, libraries
from apps.recorder.recording_job import RecordingJob, SegmentReport
from layers.layer import entry_layer
from twin.store import write_whole


def write_manifest(path: Path, job: RecordingJob, reports: Sequence[SegmentReport]) -> None:
    """Write a movie's manifest, atomically.

    Its ``id`` is the hash of all frames' hashes: equal movies, equal ids.
    """
    write_whole(path, json.dumps(manifest_of(job, reports), ensure_ascii=False, indent=1) + "\n")


def manifest_of(job: RecordingJob, reports: Sequence[SegmentReport]) -> dict[str, Any]:
    """Return a movie's manifest, for JSON."""
    film, hashes = job.open_basin(), [one for report in reports for one in report.hashes]
    catalog, generation = film.basin.catalog, film.basin.generation
    layers = {layer for report in reports for layer in report.layers}
    shown = [entry for entry in catalog.entries.values() if entry_layer(entry) in layers]
    return {
        "id": sha256("".join(hashes).encode()).hexdigest(),
        "storyboard": {"file": job.file.name, "sha256": sha256(job.file.read_bytes()).hexdigest()},
        "data": {
            "catalog": catalog.head.id,
            "generation": generation.id,
            "products": dict(sorted(generation.products.items())),
            "synthetic": film.basin.synthetic,
        },
        "driver": reports[0].driver,
        "versions": {"miyun-twin": version("miyun-twin"), "code": code_digest(), **libraries()},
        "size": list(job.board.size),
        "fps": job.board.fps,
        "draft": job.draft,
        "first_frame": reports[0].first,
        "frames": hashes,
        "tiles": sorted({tile for report in reports for tile in report.tiles}),
        "numbers": [
            dict(zip(("frame", "label", "value", "unit", "source"), row, strict=True))
            for report in reports
            for row in report.numbers
        ],
        "layers": [
            {
                "id": entry.id,
                "title": dict(entry.title),
                "source": entry.source,
                "licence": entry.licence,
                "edition": entry.edition,
            }
            for entry in shown
        ],
        "left_out": dict(film.left_out),
    }

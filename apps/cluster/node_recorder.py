"""Record segments of a film on a node, as a Ray actor."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from apps.cluster.node_build import Files, files_of, write_files
from apps.store_origin import StoreOrigin

if TYPE_CHECKING:
    from apps.recorder.recording_job import RecordingJob, Segment, SegmentReport

PNGS = "pngs"
"""Folder of a segment's PNGs among its files."""


class NodeRecorder:
    """Records segments one at a time; keeps its film open between them."""

    def __init__(self, job: RecordingJob) -> None:
        from apps.recorder.segment_worker import SegmentWorker  # noqa: PLC0415  (VTK, on nodes only)

        self._holder = tempfile.TemporaryDirectory(prefix="twin-film-")
        self._folder = Path(self._holder.name)
        if job.pngs is not None:
            (self._folder / PNGS).mkdir()
            job = replace(job, pngs=self._folder / PNGS)
        if (origin := StoreOrigin.of_environment()) is not None and job.board.generation:
            catalog, store = origin.bring(job.board.generation)
            job = replace(job, catalog=catalog, root=None, store=store)
        self._worker = SegmentWorker(job)

    def start(self) -> None:
        """Return as soon as this process can record."""

    def close(self) -> None:
        """Remove the folder that segments are written to."""
        self._holder.cleanup()

    def record(self, segment: Segment, known: Files) -> tuple[SegmentReport, Files]:
        """Record a segment; returns its report and files.

        ``known`` are the files of a former recording, kept where they are of the same film. Raises what
        :meth:`SegmentWorker.record` raises.
        """
        write_files(known, self._folder)
        try:
            report = self._worker.record(segment, self._folder)
            return report, {} if report.kept else files_of(self._folder)
        finally:
            for file in [file for file in self._folder.rglob("*") if file.is_file()]:
                file.unlink()

"""Record segments of a film on the nodes of a cluster."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from apps.cluster.cluster_errors import ClusterError, NodeLostError
from apps.cluster.connecting import cause_of
from apps.cluster.node_build import Files, write_files
from apps.cluster.node_recorder import PNGS, NodeRecorder
from apps.recorder.local_workers import News
from apps.recorder.recording_job import RecordingJob, Segment, segment_file
from apps.recorder.segment_worker import png_name

TRIES = 6
"""So often a segment is given out: nodes may be lost one after the other."""
PLACED_S = 60.0
"""Within which the first node takes a worker."""
CLOSED_S = 5.0


class ClusterRecorder:
    """Records as ``record_locally`` does, with ``workers`` actors over all nodes.

    A node that is lost costs its segments' time: they are given out again.
    """

    def __init__(self, ray: Any, *, workers: int) -> None:
        self._ray, self._workers = ray, workers

    def __call__(self, job: RecordingJob, segments: Sequence[Segment], folder: Path) -> Iterator[News]:
        """Record segments into a folder; yields what happens, segments in any order.

        Raises ClusterError, and what a worker raises: the first error ends all.
        """
        ray = self._ray
        plain = replace(job, root=_absolute(job.root), store=_absolute(job.store))
        actor = ray.remote(NodeRecorder).options(num_cpus=1, scheduling_strategy="SPREAD", max_restarts=0)
        waiting, tries = deque(segments), Counter[int]()
        # What each actor does: the reference to its answer, the actor, its segment; None while it starts.
        busy: dict[Any, tuple[Any, Segment | None]] = {}
        idle: list[Any] = []
        left, placed = len(segments), False
        try:
            while left:
                for _ in range(min(self._workers, left) - len(busy) - len(idle)):
                    worker = actor.remote(plain)
                    busy[worker.start.remote()] = worker, None
                while idle and waiting:
                    worker, segment = idle.pop(), waiting.popleft()
                    busy[worker.record.remote(segment, _known(job, segment, folder))] = worker, segment
                done, _ = ray.wait(list(busy), num_returns=1, timeout=None if placed else PLACED_S)
                if not done:
                    raise ClusterError(
                        f"no node of the Ray had a core free within {PLACED_S:g} s: end other work there",
                        in_zh=f"集群在 {PLACED_S:g} 秒内没有空闲核心",
                    )
                placed = True
                worker, own = busy.pop(done[0])
                try:
                    answer = ray.get(done[0])
                except ray.exceptions.RayTaskError as error:
                    raise error.cause from None
                except ray.exceptions.RayError as error:
                    yield _lost(own, tries, cause_of(error))
                    if own is not None:
                        waiting.appendleft(own)
                    continue
                idle.append(worker)
                if own is not None:
                    report, files = answer
                    _keep(job, files, folder)
                    left -= 1
                    if not report.kept:
                        yield from range(own.first, own.end)
                    yield report
        finally:
            with suppress(ray.exceptions.RayError):
                ray.get([worker.close.remote() for worker in idle], timeout=CLOSED_S)
            for worker in [*idle, *(worker for worker, _ in busy.values())]:
                with suppress(ray.exceptions.RayError):
                    ray.kill(worker)


def _lost(segment: Segment | None, tries: Counter[int], why: str) -> str:
    """Count the loss of a worker, None while it started; raises NodeLostError at the last one."""
    number, what = (-1, "a worker") if segment is None else (segment.number, f"frame {segment.first}")
    tries[number] += 1
    if tries[number] >= TRIES:
        raise NodeLostError(
            f"{what} was lost with its node {TRIES} times: {why}", in_zh=f"节点 {TRIES} 次失联：{why}"
        )
    return f"a node was lost; {what} and what follows it are drawn again"


def _known(job: RecordingJob, segment: Segment, folder: Path) -> Files:
    """Files of a segment that a former recording has finished."""
    movie = segment_file(folder, segment, job)
    files = {file.name: file for file in (movie, movie.with_suffix(".json"))}
    if job.pngs is not None:
        names = [png_name(number) for number in range(segment.first, segment.end)]
        files |= {f"{PNGS}/{name}": job.pngs / name for name in names}
    if not all(file.is_file() for file in files.values()):
        return {}
    return {name: file.read_bytes() for name, file in files.items()}


def _keep(job: RecordingJob, files: Files, folder: Path) -> None:
    """Write a segment's files: its report last, which makes it count."""
    pngs = {name.removeprefix(f"{PNGS}/"): found for name, found in files.items() if name.startswith(PNGS)}
    if job.pngs is not None:
        write_files(pngs, job.pngs)
    own = {name: found for name, found in files.items() if not name.startswith(PNGS)}
    write_files(dict(sorted(own.items(), key=lambda one: one[0].endswith(".json"))), folder)


def _absolute(path: Path | None) -> Path | None:
    return None if path is None else path.absolute()

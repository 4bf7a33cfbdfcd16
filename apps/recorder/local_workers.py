"""Record segments in processes of this machine.

A process that dies costs its segment's time: another one takes its place and the segment is given out again.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from apps.child_processes import end_with_parent
from apps.memory import set_malloc_thresholds
from apps.recorder.recording_errors import RecordingError, WorkerDiedError
from apps.recorder.recording_job import RecordingJob, Segment, SegmentReport
from twin.errors import TwinError

TRIES = 3
"""So often a segment is given out."""
END_S = 10.0

News = int | str | SegmentReport
"""A frame that was drawn, a line for people, a segment that is finished."""


def record_locally(
    job: RecordingJob, segments: Sequence[Segment], folder: Path, *, workers: int
) -> Iterator[News]:
    """Record segments in ``workers`` processes; yields what happens, segments in any order.

    Raises WorkerDiedError, and what a worker raises: the first error ends them all.
    """
    waiting, tries = deque(segments), dict.fromkeys((s.number for s in segments), 0)
    running: dict[int, _Worker] = {}
    try:
        left = len(segments)
        while left:
            idle = [w for w in running.values() if w.segment is None]
            for _ in range(min(workers - len(running), len(waiting) - len(idle))):
                worker = _Worker(job, folder, threads=usual_workers() // workers)
                running[id(worker)] = worker
                idle.append(worker)
            for worker in idle:
                if waiting:
                    worker.give(waiting.popleft())
            ready = wait([worker.pipe for worker in running.values()])
            for worker in [w for w in running.values() if w.pipe in ready]:
                told = worker.receive()
                if isinstance(told, SegmentReport):
                    worker.segment = None
                    left -= 1
                    yield told
                elif told is not None:
                    yield told
                else:
                    del running[id(worker)]
                    how, segment = worker.end(), worker.segment
                    if segment is not None:
                        tries[segment.number] += 1
                        if tries[segment.number] >= TRIES:
                            raise WorkerDiedError(
                                f"the process that drew frames {segment.first} to {segment.end - 1} {how}, "
                                f"{TRIES} times; with too little memory, record with --workers 1",
                                segment=segment.number,
                            )
                        waiting.appendleft(segment)
                        yield f"a drawing process {how}; frames from {segment.first} on are drawn again"
    finally:
        for worker in running.values():
            worker.end()


class _Worker:
    """A process with one segment at a time."""

    def __init__(self, job: RecordingJob, folder: Path, *, threads: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.segment: Segment | None = None
        self._process: SpawnProcess = context.Process(
            target=_serve, args=(theirs, job, folder, threads), daemon=True
        )
        self._process.start()
        theirs.close()

    def give(self, segment: Segment) -> None:
        self.segment = segment
        with suppress(BrokenPipeError):  # its end is read from the pipe
            self.pipe.send(segment)

    def receive(self) -> News | None:
        """What it says; None where it has ended. Raises what it raised."""
        try:
            told = self.pipe.recv()
        except (EOFError, ConnectionResetError):
            return None
        if isinstance(told, TwinError):
            raise told
        assert isinstance(told, News)
        return told

    def end(self) -> str:
        """End the process, and say how it ended."""
        self.pipe.close()
        self._process.join(0.0 if self.segment else END_S)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()
        code = self._process.exitcode or 0
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"


def _serve(pipe: Connection, job: RecordingJob, folder: Path, threads: int) -> None:
    """Record what is given until the pipe closes.

    llvmpipe draws in ``threads`` more threads, or in the calling one: with as many processes as cores its own
    threads only wait for each other.
    """
    end_with_parent()
    os.environ.setdefault("LP_NUM_THREADS", str(threads if threads > 1 else 0))
    set_malloc_thresholds()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-C is the coordinator's
    from apps.recorder.segment_worker import SegmentWorker  # noqa: PLC0415  (VTK, in this process only)

    worker = SegmentWorker(job, on_frame=pipe.send)
    try:
        while True:
            pipe.send(worker.record(pipe.recv(), folder))
    except (EOFError, BrokenPipeError):
        pass
    except TwinError as error:
        pipe.send(error)
    except Exception as error:
        pipe.send(RecordingError(f"a fault of the program ({type(error).__name__}: {error})"))
        raise
    finally:
        worker.close()


def usual_workers() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

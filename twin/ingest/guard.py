"""Read users' files in a child process with limits.

On memory, CPU time and wall time. A *fork server* (``fork_server.py``) has the libraries loaded and forks a
fresh child for every file: a crash takes nothing along, and a child starts in milliseconds. Answers come back
as JSON and plain arrays in a temporary folder, never as pickles. Which tasks a fork server knows is settled
by the module it runs, not by a request; ``meshes.guard`` has fork servers of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import json
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from twin.disk import is_full, nearly_named, refusal
from twin.errors import TwinError
from twin.ingest.errors import BY_NAME, IngestError, LimitError, MissingFileError
from twin.ingest.limits import Limits, with_stem

MAX_ANSWER = 512 << 20
GRACE_S = 60.0
"""How much longer than its child the process that forks it may take: its imports are in the first request."""


DEFAULT = Limits()

_MEANS = "sound files of its size take a fraction: it is damaged, or the machine is overloaded"

# No network, no files beside the one that was named, no drivers that lead elsewhere.
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PROJ_NETWORK": "OFF",
    "GDAL_HTTP_PROXY": "127.0.0.1:9",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_PAM_ENABLED": "NO",
    "CPL_DEBUG": "OFF",
    "GDAL_SKIP": "VRT GDALG STACIT STACTA WMS WMTS HTTP OGCAPI EEDAI",
    "OGR_SKIP": "OGR_VRT,GDALG,OGCAPI,WFS,OAPIF,CSW,HTTP,Elasticsearch,Carto,AmigoCloud,PLSCENES,NGW,EEDA,"
    "ADBC,SQLite,MVT,TopoJSON,ESRIJSON,GeoJSONSeq",
}


@contextmanager
def guarded(
    task: str,
    path: Path,
    arguments: Mapping[str, object],
    *,
    limits: Limits = DEFAULT,
    fork_servers: ForkServers | None = None,
    kinds: Mapping[str, type[TwinError]] = BY_NAME,
    weigh: Callable[[Path], int] = with_stem,
) -> Iterator[tuple[dict[str, Any], Path]]:
    """Run a task on a file.

    Yields its answer and the folder with its arrays. The task is one of ``twin.ingest.sandbox``, or of the
    package that ``fork_servers`` serve. ``limits`` are for the largest files; how long this one may take goes
    by its size, as ``weigh`` counts it. The folder is gone when the context ends. Raises MissingFileError, or
    what the task found wrong (one of ``kinds``, else IngestError), or LimitError.
    """
    _plain_file(path)
    limits = limits.for_size(weigh(path))
    with _passing_folder() as folder:
        request: dict[str, object] = {
            "task": task,
            "path": str(path.absolute()),
            "arguments": dict(arguments),
            "out": folder,
            "limits": asdict(limits),
        }
        end = (fork_servers or _OURS).ask(request)
        try:
            answer = _outcome(end, Path(folder), path, limits, kinds)
        except TwinError as error:
            if is_full(Path(folder)):  # none of the file's fault: it is tried again when there is room
                raise refusal(OSError(errno.ENOSPC, "disk full"), Path(folder)) from error
            raise
        yield answer, Path(folder)


@contextmanager
def _passing_folder() -> Iterator[str]:
    try:
        folder = tempfile.mkdtemp(prefix="twin-ingest-")
    except OSError as error:
        raise refusal(error, remedy="let TMPDIR name a folder that can be written") from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _plain_file(path: Path) -> None:
    """A folder, a pipe or a device is refused before anyone opens it and waits."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise MissingFileError(f"{path}: is not a plain file", path=path)
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise MissingFileError(f"{path}: there is no such file{nearly_named(path)}", path=path) from None
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise MissingFileError(f"{path}: cannot be read: {said}", path=path) from None


def _outcome(
    end: dict[str, Any], folder: Path, path: Path, limits: Limits, kinds: Mapping[str, type[TwinError]]
) -> dict[str, Any]:
    """The child's answer, or the error that its end means."""
    how, code = end["how"], int(end["code"])
    if how == "wall":
        raise LimitError(f"{path}: reading took more than {limits.wall_s:g} s; {_MEANS}", path=path)
    if how == "signal":
        if code in (signal.SIGXCPU, signal.SIGKILL):
            words = (
                f"reading took more than {limits.cpu_s} s of computing, or more memory than the machine has; "
                f"{_MEANS}"
            )
        else:
            words = f"the reader crashed (signal {code}); the file is damaged"
        raise LimitError(f"{path}: {words}", path=path)
    file = folder / "answer.json"
    if not file.is_file() or file.stat().st_size > MAX_ANSWER:
        raise LimitError(f"{path}: the reader ended without an answer (status {code})", path=path)
    try:
        answer = json.loads(file.read_bytes())
    except (ValueError, RecursionError):  # a full disk cut it off, or whoever took the reader over wrote it
        answer = None
    if not isinstance(answer, dict):
        raise LimitError(f"{path}: the reader ended within its answer (status {code})", path=path)
    if "error" in answer:
        name = str(answer["error"])
        kind = kinds.get(name) or BY_NAME.get(name, IngestError)
        raise kind(f"{path}: {answer['message']}", path=path)
    return dict(answer)


class _ForkServer:
    """The process that forks readers. One request at a time; it ends when its standard input closes."""

    def __init__(self, module: str) -> None:
        self.owner = os.getpid()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | _ENVIRONMENT,
            start_new_session=True,  # Ctrl-C is for us; we close its input
        )

    @property
    def alive(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None

    def ask(self, request: dict[str, object]) -> dict[str, Any]:
        """How the child ended: ``how`` is exit, signal or wall, ``code`` its status or signal.

        Raises LimitError with ``again``: none of the file's fault, so it is tried again.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
            # It has a limit for its child; that it hangs itself is noticed here.
            wait_s = float(request["limits"]["wall_s"]) + GRACE_S  # type: ignore[index]
            if not select.select([self.process.stdout], [], [], wait_s)[0]:
                self.process.kill()
                raise LimitError(f"{request['path']}: the reading process hung and was ended", again=True)
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = b""
        except BaseException:  # an interrupt in between: whatever comes next is not our answer
            self.close()
            raise
        if not line:
            raise LimitError(f"{request['path']}: the reading process ended by itself", again=True)
        return dict(json.loads(line))

    def close(self) -> None:
        if self.owner != os.getpid():
            return  # a fork's copy; the pipes belong to the parent
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class ForkServers:
    """Pool of up to ``most`` fork servers of a module.

    Further requests wait for their turn.
    """

    def __init__(self, module: str, *, most: int = 1) -> None:
        self._module = module
        self._turn = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._idle: list[_ForkServer] = []
        _EVERY.append(self)

    def ask(self, request: dict[str, object]) -> dict[str, Any]:
        """Run a request on the first free fork server.

        Returns how the child ended.
        """
        with self._turn:
            fork_server = self._take()
            try:
                return fork_server.ask(request)
            finally:
                with self._lock:
                    self._idle.append(fork_server)

    def _take(self) -> _ForkServer:
        with self._lock:
            while self._idle:
                fork_server = self._idle.pop()
                if fork_server.alive:
                    return fork_server
                fork_server.close()
        return _ForkServer(self._module)

    def close(self) -> None:
        """End the idle fork servers.

        The next file starts a new one.
        """
        with self._lock:
            while self._idle:
                self._idle.pop().close()


_EVERY: list[ForkServers] = []
_OURS = ForkServers("twin.ingest.fork_server")


@atexit.register
def close() -> None:
    """End every fork server; the next file starts a new one."""
    for fork_servers in _EVERY:
        fork_servers.close()

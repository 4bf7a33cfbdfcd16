"""Fork a reader for every file (see ``guard.py``).

Speaks JSON lines on its pipes.
"""

from __future__ import annotations

import ctypes
import errno
import importlib
import json
import os
import re
import resource
import select
import signal
import struct
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

_PYTHON = (
    TypeError,
    AttributeError,
    IndexError,
    AssertionError,
    ZeroDivisionError,
    OverflowError,
    struct.error,
)
_LIBC = ctypes.CDLL(None)
_PARENT_DEATH_SIGNAL, _CHILD_SUBREAPER = 1, 36
_PYTHON_SAYS = re.compile(
    r"could not convert|invalid literal|(not enough|too many) values|cannot reshape|buffer is|buffer size"
)
"""What Python says of values that are not there, or not of their kind: no word for a person."""


_KIND = re.compile(r"^\w*(Error|Exception): ")
"""The class of a library's error, which says nothing to a person."""


def main(package: str = "twin.ingest.sandbox") -> None:
    """Serve requests for the tasks of a package until standard input closes."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)  # what libraries print must not reach the answers
    requests = sys.stdin.buffer
    _LIBC.prctl(_CHILD_SUBREAPER, 1)  # what a killed reader had started is ours to reap
    while line := requests.readline():
        request = json.loads(line)
        request["module"] = f"{package}.{request['task']}"
        importlib.import_module(request["module"])  # before the fork: loaded once
        answers.write(json.dumps(_run(request, null)) + "\n")


def _run(request: dict[str, Any], null: int) -> dict[str, object]:
    pid = os.fork()
    if pid == 0:
        _LIBC.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)  # of a killed fork server: nobody watches its time
        os.setpgid(0, 0)
        os.dup2(null, 0)
        _child(request)
    with suppress(OSError):  # the child did it first, and may be gone
        os.setpgid(pid, pid)
    handle = os.pidfd_open(pid)
    watch = select.poll()
    watch.register(handle, select.POLLIN)
    watch.register(0, select.POLLHUP)  # our owner is gone
    deadline = time.monotonic() + float(request["limits"]["wall_s"])
    ended = False
    while not ended and (left := deadline - time.monotonic()) > 0:
        happened = watch.poll(left * 1000)
        ended = any(fd == handle for fd, _ in happened)
        if any(fd == 0 for fd, _ in happened) and not ended:
            break
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)  # with whatever it started
    _, status = os.waitpid(pid, 0)
    os.close(handle)
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-pid, 0)
    if not ended:
        return {"how": "wall", "code": 0}
    if os.WIFSIGNALED(status):
        return {"how": "signal", "code": os.WTERMSIG(status)}
    return {"how": "exit", "code": os.WEXITSTATUS(status)}


def _child(request: dict[str, Any]) -> None:
    """Runs in the fork, and never returns."""
    status = 1
    try:
        _limit(**request["limits"])
        answer = _answer(request)
        text = json.dumps(answer, allow_nan=False)
        Path(request["out"], "answer.json").write_text(text, encoding="utf-8")
        status = 0
    finally:
        os._exit(status)


def _answer(request: dict[str, Any]) -> dict[str, object]:
    from twin.errors import TwinError  # noqa: PLC0415

    module = importlib.import_module(request["module"])
    try:
        return dict(module.read(Path(request["path"]), out=Path(request["out"]), **request["arguments"]))
    except Exception as error:  # noqa: BLE001  (the library's own words, in one line, are all there is)
        said = " ".join(str(error).split())[:300] or type(error).__name__
        said = f"lacks {said}" if isinstance(error, KeyError) else said
        if limit := _limit_met(error, said, **request["limits"]):
            return {"error": "LimitError", "message": limit}
        if isinstance(error, TwinError):
            return {"error": type(error).__name__, "message": error.message}
        if isinstance(error, UnicodeError):
            return {"error": "FormatError", "message": "holds text that is not of its encoding"}
        if isinstance(error, _PYTHON) or _PYTHON_SAYS.match(said):
            return {"error": "FormatError", "message": "is damaged, or not as its format wants it"}
        if isinstance(error, OSError) and error.strerror:
            said = error.strerror.lower()
        said = _KIND.sub("", said)
        return {"error": "FormatError", "message": f"cannot be read: {said}"}


def _limit_met(error: Exception, said: str, *, memory_mib: int, output_mib: int, **_: float) -> str:
    """Which limit an error comes from, in words; none where it is the file's own fault."""
    number = getattr(error, "errno", None)
    if isinstance(error, MemoryError) or "allocate" in said or "out of memory" in said.lower():
        return f"needs more memory than the {memory_mib} MiB it may have"
    if number == errno.EFBIG:
        return f"holds more than {output_mib} MiB"
    if number == errno.ENOSPC:
        return "no space is left in the folder for temporary files"
    return ""


def _limit(*, memory_mib: int, cpu_s: int, output_mib: int, **_: float) -> None:
    """Memory counts on top of what is loaded: address space now, plus the limit."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    address_space = pages * resource.getpagesize() + (memory_mib << 20)
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output_mib << 20, output_mib << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()

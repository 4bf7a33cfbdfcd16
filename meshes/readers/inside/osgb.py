"""One file of an OSGB tree, through OpenSceneGraph's ``osgconv``: OBJ for its shape, text for the rest.

The tool runs inside the child's limits, dies with it, writes only into the child's folder, and has a proxy
that leads nowhere.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from pathlib import Path

import numpy as np

from meshes.errors import DamagedError, OverLimitError, UnsafeUriError
from meshes.readers.inside import obj, osgt
from meshes.readers.inside.parts import write
from meshes.readers.inside.uris import inside

LARGEST = 512 << 20
_MAGIC = b"\xa1\x0e\x91\x6c\x45\x45\xfb\x1a"
_NOWHERE = "http://127.0.0.1:9"
_PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")
_ENVIRONMENT = {
    "OSG_CURL_PROXY": "127.0.0.1",
    "OSG_CURL_PROXYPORT": "9",
    "OSG_NOTIFY_LEVEL": "FATAL",
    "OSG_OPTIMIZER": "OFF",
    **dict.fromkeys(_PROXIES, _NOWHERE),
}
_LIBC = ctypes.CDLL(None)


def read(path: Path, *, out: Path, root: str, tool: str) -> dict[str, object]:
    """Parts, the files that follow (names under ``root``), and the geometric error of the parts."""
    if not path.resolve().is_relative_to(Path(root).resolve()):
        raise UnsafeUriError("leads out of its tree's folder")
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
    if not size:
        raise DamagedError("the file is empty")
    if start != _MAGIC:
        raise DamagedError(f"is not an OSGB file; it begins with {start!r}")
    if size > LARGEST:
        raise OverLimitError(f"has more than {LARGEST >> 20} MiB")
    work = out / "work"
    work.mkdir()
    _convert(tool, path, work / "a.osgt", work)
    nodes, pictures = osgt.read(work / "a.osgt")
    _convert(tool, path, work / "a.obj", work, "precision=12")
    parts, used, notes = obj.read(work / "a.obj", root=work, given=pictures)
    low = np.min([part.position.min(axis=0) for part in parts if len(part.position)] or [np.zeros(3)], axis=0)
    high = np.max(
        [part.position.max(axis=0) for part in parts if len(part.position)] or [np.zeros(3)], axis=0
    )
    radius = float(np.linalg.norm(high - low) / 2)
    children = []
    for node in nodes:
        for name in filter(None, node.files):
            child = inside(name, folder=path.parent, root=Path(root), uri=False)
            children.append(child.relative_to(os.path.normpath(root)).as_posix())
    paged = [node.error_m(radius) for node in nodes if any(node.files)]
    answer = write(parts, used, out=out)
    return answer | {"notes": notes, "children": children, "error_m": max(paged, default=0.0)}


def _convert(tool: str, source: Path, target: Path, folder: Path, options: str = "") -> None:
    """Run the tool. Raises DamagedError where it fails."""
    command = [tool, *(["-O", options] if options else []), str(source), str(target)]
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | _ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=_die_with_us,
        check=False,
    )
    if done.returncode or not target.is_file() or not target.stat().st_size:
        how = f"signal {-done.returncode}" if done.returncode < 0 else f"status {done.returncode}"
        raise DamagedError(f"is damaged: OpenSceneGraph cannot read it ({how})")


def _die_with_us() -> None:
    _LIBC.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG

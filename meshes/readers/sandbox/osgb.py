"""Read one file of an OSGB tree.

OpenSceneGraph's ``osgconv`` turns it into text, which is read here. The tool runs inside the child's limits,
dies with it, writes only into the child's folder, and has a proxy that leads nowhere.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import resource
import signal
import subprocess
from collections import Counter
from pathlib import Path, PureWindowsPath

import numpy as np

from meshes.errors import (
    DamagedError,
    ForeignFileError,
    OverLimitError,
    UnsafeUriError,
    UnsupportedForeignError,
)
from meshes.readers.sandbox import osgt
from meshes.readers.sandbox.gunzip import shown
from meshes.readers.sandbox.osg_parts import parts_of
from meshes.readers.sandbox.osg_scene import Walk
from meshes.readers.sandbox.osgt import text_of
from meshes.readers.sandbox.parts import write
from meshes.readers.sandbox.uris import beside, found, inside

LARGEST = 512 << 20
_MAGIC = b"\xa1\x0e\x91\x6c\x45\x45\xfb\x1a"
_OTHERS = {
    b"#Asc": "OpenSceneGraph's text form (.osgt)",
    b"\xef\xbe\xad\xde": "OpenSceneGraph's old form (.ive)",
    b"<?xm": "XML",
    b"PK\3\4": "a packed file (zip)",
    **dict.fromkeys((b"\x1f\x8b\x08\0", b"\x1f\x8b\x08\x08"), "a packed file (gzip)"),
    b"Grou": "OpenSceneGraph's old text form (.osg)",
}
_NOWHERE = "http://127.0.0.1:9"
_PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")
_ENVIRONMENT = {
    "OSG_CURL_PROXY": "127.0.0.1",
    "OSG_CURL_PROXYPORT": "9",
    "OSG_FILE_PATH": "",
    "OSG_NOTIFY_LEVEL": "WARN",
    "OSG_OPTIMIZER": "OFF",
    **dict.fromkeys(_PROXIES, _NOWHERE),
}
_OPTIONS = "WriteImageHint=IncludeData precision 9"
"""Pixels go into the text, whatever the file says of them; 9 digits are all that a float32 has."""
_NOT_FOUND = re.compile(rb"readImage\(\): file not found, filename: ([^\r\n]+)")
_GONE = "{}; the shape is kept without that picture"
_LIBC = ctypes.CDLL(None)


def read(path: Path, *, out: Path, root: str, tool: str) -> dict[str, object]:
    """Read parts, the files that follow, and the geometric error.

    The files are names under ``root``.
    """
    if not path.resolve().is_relative_to(Path(root).resolve()):
        raise UnsafeUriError("leads out of its tree's folder")
    _check(path)
    work = out / "work"
    work.mkdir()
    # Beneath a name of ours osgconv finds nothing beside it, and takes no part of its name for an order.
    (work / "a.osgb").symlink_to(path.resolve())
    text = _text(tool, work)
    linked, notes = _linked(work, folder=path.parent, root=Path(root))
    if linked:
        text = _text(tool, work)
        notes += [_GONE.format(f"the picture {name!r} cannot be decoded") for name in _missing(work) & linked]
    walk = Walk(osgt.parse(text))
    parts, pictures, lost = parts_of(walk, work=work, linked=linked)
    children = []
    for page in walk.scene.pages:
        for name in filter(None, page.files):
            child = _child(page.path, name, folder=path.parent, root=Path(root))
            children.append(child.relative_to(os.path.normpath(root)).as_posix())
    held = [part.position for part in parts if len(part.position)]
    ends = np.array([[points.min(axis=0), points.max(axis=0)] for points in held] or np.zeros((1, 2, 3)))
    radius = float(np.linalg.norm(ends[:, 1].max(axis=0) - ends[:, 0].min(axis=0)) / 2)
    error_m = max((page.error_m(radius) for page in walk.scene.pages), default=0.0)
    notes += [*lost, *_told(walk.scene.left_out)]
    return write(parts, pictures, out=out) | {"notes": notes, "children": children, "error_m": error_m}


def _child(before: str, name: str, *, folder: Path, root: Path) -> Path:
    """The file that a node names, or would; that one is missing is said when it is read.

    The folder that may stand before a name is most often one of the maker's disk.
    """
    plain = inside(name, folder=folder, root=root, uri=False)
    for whole in (name, f"{before}/{name}"):
        with contextlib.suppress(ForeignFileError):
            return found(whole, folder=folder, root=root, uri=False)
    return plain


def _check(path: Path) -> None:
    """Raises DamagedError, UnsupportedForeignError or OverLimitError for what need not be tried."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
    if not size:
        raise DamagedError("the file is empty")
    if start != _MAGIC:
        if kind := _OTHERS.get(start[:4]):
            raise UnsupportedForeignError(f"is {kind}, which is not read: export it as .osgb")
        raise DamagedError(f"is not an OSGB file; it begins with {shown(start)}")
    if size > LARGEST:
        raise OverLimitError(f"has more than {LARGEST >> 20} MiB")


def _text(tool: str, work: Path) -> Path:
    """Run the tool. Raises DamagedError where it fails, OverLimitError where it was stopped."""
    target = work / "a.osgt"
    with (work / "said").open("wb") as said:
        done = subprocess.run(
            [tool, "-O", _OPTIONS, str(work / "a.osgb"), str(target)],
            cwd=work,
            env=os.environ | _ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            preexec_fn=_die_with_us,
            check=False,
        )
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise OverLimitError("reading took longer than such a file may: export it again")
    if done.returncode == -signal.SIGXFSZ:
        raise OverLimitError("unpacks to more than may be written")
    if done.returncode or not target.is_file() or not target.stat().st_size:
        how = f"signal {-done.returncode}" if done.returncode < 0 else f"status {done.returncode}"
        raise DamagedError(f"is damaged: OpenSceneGraph cannot read it ({how})")
    return target


def _linked(work: Path, *, folder: Path, root: Path) -> tuple[set[str], list[str]]:
    """Put the pictures that the tool missed into its folder; their names, and words for those not found."""
    linked, notes = set(), []
    for name in sorted(_missing(work)):
        try:
            picture = beside(name, folder=folder, root=root)
            target = work / PureWindowsPath(name).name
            target.symlink_to(picture.resolve())
        except FileExistsError:
            continue
        except ForeignFileError as error:
            notes.append(_GONE.format(error.message))
        else:
            linked |= {name, target.name}
    return linked, notes


def _missing(work: Path) -> set[str]:
    """The names of pictures that the tool did not find."""
    with (work / "said").open("rb") as file:
        names = _NOT_FOUND.findall(file.read(1 << 20))
    return {text_of(name.strip()) for name in names}


def _told(left_out: Counter[str]) -> list[str]:
    told = [f"{what} ({many:,})" for what, many in sorted(left_out.items()) if many]
    return [f"not read: {', '.join(told)}"] if told else []


def _die_with_us() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (osgt.LARGEST, osgt.LARGEST))
    _LIBC.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG

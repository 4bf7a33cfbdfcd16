"""Names of files inside files: they stay inside the root folder, and nothing is fetched."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

from meshes.errors import DamagedError, MissingForeignError, UnsafeUriError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_END = re.compile(r"[?#]")
_LONGEST = 1024
_STEPS = 3
"""Folders and name at the end of a path that are looked for below the folder."""


def inside(name: object, *, folder: Path, root: Path, uri: bool = True, links: bool = True) -> Path:
    """The path that a name in a file of ``folder`` stands for; it need not exist.

    With ``uri`` the name is a URI (percent signs, ``?v=1``), otherwise a plain file name, perhaps of
    Windows. ``links`` follows symbolic links. Raises UnsafeUriError where it leads out of ``root`` or to a
    network, DamagedError where it is no name.
    """
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST:
        raise DamagedError("holds a file name that is empty, too long or no text")
    plain = unquote(_END.split(name, maxsplit=1)[0]) if uri else name
    plain = plain.strip().replace("\\", "/")
    if "\0" in plain:
        raise DamagedError("holds a file name with a zero byte")
    if _SCHEME.match(plain):
        raise UnsafeUriError(f"names {_short(name)}: only files beside it are read, nothing is fetched")
    if plain.startswith("/"):
        raise UnsafeUriError(f"names {_short(name)}: put the file beside it and name it without a folder")
    path = os.path.normpath(f"{folder}/{plain}")
    top = os.path.normpath(root).rstrip("/") + "/"
    if not path.startswith(top) or (links and not Path(path).resolve().is_relative_to(root.resolve())):
        raise UnsafeUriError(f"names {_short(name)}, which leads out of its folder")
    return Path(path)


def found(name: object, *, folder: Path, root: Path, uri: bool = True) -> Path:
    """The file that a name stands for, whatever its letters' case or its disk's encoding.

    Raises MissingForeignError, UnsafeUriError or DamagedError.
    """
    path = inside(name, folder=folder, root=root, uri=uri)
    try:
        if path.is_file():
            return path
        for entry in path.parent.iterdir():  # a name from Windows: other case, or GBK bytes on the disk
            known = os.fsencode(entry.name).decode("gb18030", "replace")
            if path.name.lower() in (entry.name.lower(), known.lower()) and entry.is_file():
                return inside(entry.name, folder=path.parent, root=root, uri=False)
    except OSError:
        pass
    raise MissingForeignError(f"names {_short(str(name))}, and there is no such file")


def beside(name: str, *, folder: Path, root: Path) -> Path:
    """Find a file by its name, or by the end of it: exporters write paths of their own disk.

    ``C:\\work\\tex\\a.jpg`` is ``tex/a.jpg`` below the folder, or ``a.jpg`` in it. Raises as ``found``.
    """
    try:
        return found(name, folder=folder, root=root, uri=False)
    except (MissingForeignError, UnsafeUriError) as error:
        words = [word for word in re.split(r"[\\/]+", unquote(name)) if word not in ("", ".", "..")]
        for start in range(max(0, len(words) - _STEPS), len(words)):
            end = "/".join(words[start:])
            if end != name and not _SCHEME.match(end):
                try:
                    return found(end, folder=folder, root=root, uri=False)
                except (MissingForeignError, UnsafeUriError):
                    continue
        raise error


def _short(name: str) -> str:
    return repr(name if len(name) < 80 else name[:77] + "...")

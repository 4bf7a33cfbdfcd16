"""Resolve names of files inside files, within the root folder.

Nothing is fetched.
"""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path
from urllib.parse import unquote

from meshes.errors import DamagedError, MissingForeignError, UnsafeUriError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_END = re.compile(r"[?#]")
_LONGEST = 1024
_STEPS = 3
"""Folders and name at the end of a path that are looked for below the folder."""


def inside(name: object, *, folder: Path, root: Path, uri: bool = True, links: bool = True) -> Path:
    """Return the path of a name in a file of ``folder``.

    It need not exist. With ``uri`` the name is a URI (percent signs, ``?v=1``), otherwise a plain file name,
    perhaps of Windows. ``links`` follows symbolic links. Raises UnsafeUriError where it leads out of ``root``
    or to a network, DamagedError where it is no name.
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
    """Find a name's file, in any case and encoding.

    Whatever its letters' case or its disk's encoding. Raises MissingForeignError, UnsafeUriError or
    DamagedError.
    """
    path = inside(name, folder=folder, root=root, uri=uri)
    top = Path(os.path.normpath(root))
    try:
        on_disk = path if path.is_file() else _on_disk(path.relative_to(top).parts, top)
        if on_disk is not None and on_disk.is_file():
            return inside(str(on_disk.relative_to(top)), folder=top, root=root, uri=False)
    except OSError:
        pass
    if uri and _END.search(str(name)):  # written as it is called: 1#楼.b3dm
        return found(name, folder=folder, root=root, uri=False)
    raise MissingForeignError(f"names {_short(str(name))}, and there is no such file")


def _on_disk(words: tuple[str, ...], at: Path) -> Path | None:
    """The path below ``at`` whose folders and file have these names, perhaps in other letters or bytes."""
    for word in words:
        if (at / word).exists():
            at /= word
            continue
        alike = next((entry for entry in at.iterdir() if _plain(word) in _spellings(entry.name)), None)
        if alike is None:
            return None
        at = alike
    return at


def _spellings(name: str) -> tuple[str, str]:
    """A name on the disk as text, and as GBK bytes that an unpacked archive left there."""
    return _plain(name), _plain(os.fsencode(name).decode("gb18030", "replace"))


def _plain(name: str) -> str:
    """Without case, and with accents as Windows writes them; macOS writes them apart."""
    return unicodedata.normalize("NFC", name).casefold()


def beside(name: str, *, folder: Path, root: Path) -> Path:
    """Find a file by its name, or by the end of it.

    Exporters write paths of their own disk:
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
    return repr(name if len(name) < 80 else name[:77] + "...").replace("\\\\", "\\")

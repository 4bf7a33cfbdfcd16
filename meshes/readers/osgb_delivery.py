"""Find the files of an OSGB delivery.

Its metadata, and the coarsest file of each block.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from meshes.errors import MissingForeignError, UnsupportedForeignError

MOST_ROOTS = 100_000
DEEPEST = 3
"""Folders of blocks in each other: ``Data/Block_A/Tile_1`` are two."""
_FINER = re.compile(r"_L\d+(_|\b)", re.IGNORECASE)
_NAMES = re.compile(rb"[^\x00-\x1f/\\]+\.osgb", re.IGNORECASE)
_BREAK = re.compile(r"[_\-. ]")
_MOST_SCANNED, _SCANNED_BYTES = 500, 4 << 20
_OTHERS = (".osg", ".osgt", ".osgx", ".ive")


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Files of a delivery.

    ``metadata``: None where it has none. ``roots``: names under ``folder``. ``others``: the files beside them
    that are taken to be finer ones. ``notes``: the ``lost`` folders that should hold a block and do not, a
    line each. ``offset``: a text file of three numbers that some programs write in place of metadata, or
    None.
    """

    folder: Path
    metadata: Path | None
    offset: Path | None
    roots: tuple[str, ...]
    notes: tuple[str, ...]
    others: tuple[str, ...] = ()
    lost: int = 0


def find_delivery(path: Path) -> Delivery:
    """Find a delivery by metadata.xml, folder, or one .osgb file.

    The folder may be the ``Data`` folder in it. Raises MissingForeignError where there is nothing,
    UnsupportedForeignError for several deliveries.
    """
    path = Path(os.path.normpath(path.absolute()))
    if path.suffix.lower() == ".osgb" and path.is_file():
        folder = path.parent.parent if path.parent.parent.name.lower() == "data" else path.parent
        metadata = _metadata(path.parent) or (
            _metadata(folder.parent) if folder.name.lower() == "data" else None
        )
        return Delivery(
            folder=path.parent, metadata=metadata, offset=_offset(path.parent), roots=(path.name,), notes=()
        )
    if path.suffix.lower() == ".xml":
        folder, metadata = path.parent, path
    elif path.is_dir():
        metadata = _metadata(path) or (
            _metadata(path.parent) if path.name.lower() == "data" else _inner(path)
        )
        folder = path if metadata is None else metadata.parent
    else:
        raise MissingForeignError(f"{path}: there is no such file or folder", path=path)
    inner = None if folder.name.lower() == "data" and metadata is None else _named(folder, "data")
    start = inner or folder
    found = _Search(folder)
    found.look(start, 0)
    return Delivery(
        folder=folder,
        metadata=metadata,
        offset=_offset(folder),
        roots=tuple(found.roots[:MOST_ROOTS]),
        notes=tuple(found.notes),
        others=tuple(found.others),
        lost=found.lost,
    )


class _Search:
    """Blocks beneath a folder."""

    def __init__(self, top: Path) -> None:
        self._top = top
        self.roots: list[str] = []
        self.notes: list[str] = []
        self.others: list[str] = []
        self.lost = 0

    def look(self, folder: Path, depth: int) -> None:
        """Add the blocks of a folder: its own files that no other one refines, else those of its folders."""
        below = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.is_symlink())
        for block in below:
            if block.name.startswith(".") or len(self.roots) >= MOST_ROOTS:
                continue
            before = len(self.roots), len(self.notes)
            if root := _root(block):
                self.roots.append(root.relative_to(self._top).as_posix())
            elif depth + 1 < DEEPEST:
                self.look(block, depth + 1)
            if (len(self.roots), len(self.notes)) == before:
                self._nothing(block)
        if not depth and not self.roots:
            files = _osgb_files(folder)
            coarse = set(_coarsest(files))
            self.roots += [file.relative_to(self._top).as_posix() for file in files if file in coarse]
            self.others += [file.relative_to(self._top).as_posix() for file in files if file not in coarse]

    def _nothing(self, block: Path) -> None:
        name, before = block.relative_to(self._top).as_posix(), len(self.notes)
        if _osgb_files(block):
            self.notes.append(
                f"{name}: its coarsest file {block.name}.osgb is missing; the block is left out"
            )
        elif others := sorted({f.suffix.lower() for f in block.iterdir() if f.suffix.lower() in _OTHERS}):
            self.notes.append(f"{name}: holds {', '.join(others)}, which is not read: export it as .osgb")
        elif block.name.lower().startswith("tile"):
            self.notes.append(f"{name}: holds no .osgb file; the block is left out")
        self.lost += len(self.notes) - before


def _root(block: Path) -> Path | None:
    """The coarsest file of a block's folder: the one of its name, else the only one that refines nothing."""
    files = _osgb_files(block)
    own = [file for file in files if file.stem.lower() == block.name.lower()]
    coarse = own or _coarsest(files)
    return coarse[0] if len(coarse) == 1 else None


def _coarsest(files: list[Path]) -> list[Path]:
    """The files that nothing says to be finer than another one.

    That is a level in the name (``_L16_0``), a name that goes on after another's (``lod_0_3`` after
    ``lod_0``), and, of few, being named in another's bytes.
    """
    stems = {file.stem.lower() for file in files}
    coarse = [f for f in files if not _FINER.search(f.stem) and not _longer(f.stem.lower(), stems)]
    if not 1 < len(coarse) <= _MOST_SCANNED:
        return coarse
    named: set[bytes] = set()
    for file in coarse:
        with file.open("rb") as opened:
            own = os.fsencode(file.name).lower()
            named.update({name.lower() for name in _NAMES.findall(opened.read(_SCANNED_BYTES))} - {own})
    # A text begins after its length, of which the last bytes may look like letters.
    return [f for f in coarse if not any(name.endswith(os.fsencode(f.name).lower()) for name in named)]


def _longer(stem: str, stems: set[str]) -> bool:
    """Whether a name is another one and more: ``lod_0_3`` beside ``lod_0``."""
    return any(stem[: cut.start()] in stems for cut in _BREAK.finditer(stem))


def _osgb_files(folder: Path) -> list[Path]:
    return sorted(f for f in folder.iterdir() if f.suffix.lower() == ".osgb" and f.is_file())


def _inner(folder: Path) -> Path | None:
    """The metadata of the one delivery in a folder. Raises UnsupportedForeignError where it holds several."""
    found = [inner for entry in sorted(folder.iterdir()) if entry.is_dir() and (inner := _metadata(entry))]
    if len(found) > 1:
        names = ", ".join(metadata.parent.name for metadata in found[:5])
        raise UnsupportedForeignError(
            f"{folder}: holds {len(found):,} deliveries ({names}): name one of them", path=folder
        )
    return found[0] if found else None


def _metadata(folder: Path) -> Path | None:
    return _named(folder, "metadata.xml")


def _named(folder: Path, name: str) -> Path | None:
    """An entry of a folder, whatever the case of its letters."""
    exact = folder / name
    if exact.exists():
        return exact
    return next((entry for entry in sorted(folder.iterdir()) if entry.name.lower() == name), None)


def _offset(folder: Path) -> Path | None:
    """``job_offset.xyz`` (Pix4D) of a folder or the one above it, where there is one only."""
    for place in (folder, folder.parent):
        found = [f for f in place.glob("*offset*.xyz") if f.is_file()]
        if found:
            return found[0] if len(found) == 1 else None
    return None

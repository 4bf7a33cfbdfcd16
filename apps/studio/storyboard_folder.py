"""Keep storyboards as YAML files in one folder.

What is deleted or overwritten goes to ``.trash``.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from twin.errors import TwinError
from twin.store import write_whole
from twin.storyboard.loading import load_storyboard
from twin.storyboard.storyboard import Storyboard
from twin.storyboard.writing import ChangedOnDiskError, save

FOLDER, TRASH = "storyboards", ".trash"
NAME = re.compile(r"[^\s./\\:*?\"<>|][^/\\:*?\"<>|\x00-\x1f\x7f]{0,63}")
"""A film's name is its file's, without ``.yaml``; Chinese letters are welcome."""
SOUNDS = (".mp3", ".m4a", ".aac", ".wav", ".flac", ".ogg", ".opus")
MOST = 500
KEPT_IN_TRASH = 200


class FilmNameError(TwinError):
    """Name that no file can have; ``name``."""

    zh = '“{name}” 不能作影片名：请用 1 至 64 个字，不含 / \\ : * ? " < > |，也不以点或空格开头'


class FilmTakenError(TwinError):
    """Name that another film has; ``name``."""

    zh = "已有名为“{name}”的影片，请换一个名字"


class NoFilmError(TwinError):
    """Film whose file is gone; ``name``."""

    zh = "影片“{name}”的文件已不存在：可能已在别处改名或删除"


class FolderFullError(TwinError):
    """Folder with as many films as are listed; ``most``."""

    zh = "影片已达 {most} 个，请先删除不用的"


class FilmDiskError(TwinError):
    """Folder that cannot be read or written; ``folder``, ``why``."""

    zh = "影片文件夹 {folder} 无法读写（{why}）：请检查其权限与磁盘空间"


class FilmChangedError(TwinError):
    """File that somebody else has changed since it was read; ``name``."""

    zh = "影片“{name}”的文件已被别处修改，未覆盖"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Film in the folder; ``changed_at`` is its file's time."""

    name: str
    changed_at: datetime


Version = str
"""Digest of a file's bytes; '' for no file."""


class StoryboardFolder:
    """Storyboards beside a catalog, by name.

    Methods read and write the disk: call them in a thread. They raise FilmDiskError where it refuses.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """Return the file of a film; raises FilmNameError."""
        if not NAME.fullmatch(name) or name != name.strip():
            raise FilmNameError(
                f'{name[:70]!r} is no name for a film: 1 to 64 characters without / \\ : * ? " < > |',
                name=name[:70],
            )
        return self.folder / f"{name}.yaml"

    def listed(self) -> list[Listed]:
        """List films, the newest first."""
        try:
            files = [one for one in os.scandir(self.folder) if one.name.endswith(".yaml") and one.is_file()]
            found = [
                Listed(name=one.name[:-5], changed_at=datetime.fromtimestamp(one.stat().st_mtime, UTC))
                for one in files
                if NAME.fullmatch(one.name[:-5])
            ]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._refused(error) from error
        return sorted(found, key=lambda one: one.changed_at, reverse=True)[:MOST]

    def sounds(self) -> list[str]:
        """List sound files of the folder by their paths in it.

        Folders in it are looked through, one deep.
        """
        try:
            found = [
                path.relative_to(self.folder).as_posix()
                for pattern in ("*", "*/*")
                for path in self.folder.glob(pattern)
                if path.suffix.lower() in SOUNDS and path.is_file()
            ]
        except OSError as error:
            raise self._refused(error) from error
        return sorted(one for one in found if not one.startswith("."))[:MOST]

    def sound(self, name: str) -> Path | None:
        """Return the path of a sound file.

        None for one outside the folder, or none.
        """
        path = (self.folder / name).resolve()
        return path if path.is_relative_to(self.folder.resolve()) and path.is_file() else None

    def read(self, name: str) -> tuple[Storyboard, Version]:
        """Read a film and the version of its file.

        Raises NoFilmError, StoryboardError.
        """
        path = self.path(name)
        version = self.version(name)
        if not version:
            raise NoFilmError(
                f"the film {name} has no file any more: renamed or deleted elsewhere?", name=name
            )
        return load_storyboard(path), version

    def version(self, name: str) -> Version:
        """Return the version of a film's file, '' for none."""
        try:
            return hashlib.sha256(self.path(name).read_bytes()).hexdigest()
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise self._refused(error) from error

    def create(self, name: str, board: Storyboard) -> Version:
        """Write a new film; raises FilmTakenError, FolderFullError."""
        path = self.path(name)
        if self._taken(name):
            raise FilmTakenError(f"there is a film named {name}: choose another name", name=name)
        if len(self.listed()) >= MOST:
            raise FolderFullError(f"there are {MOST} films: delete one first", most=MOST)
        return self._saved(path, board)

    def write(self, name: str, board: Storyboard, *, over: Version | None) -> Version:
        """Write a film over the version that was read.

        Comments of the file are kept. None overwrites whatever there is, which goes to the trash. Raises
        FilmChangedError, and has written nothing then.
        """
        path = self.path(name)
        if over is None and self.version(name):
            self._discard(path)
        return self._saved(path, board, seen=over)

    def rename(self, name: str, new: str) -> None:
        """Rename a film; raises FilmTakenError, NoFilmError."""
        old, path = self.path(name), self.path(new)
        if self._taken(new) and new.casefold() != name.casefold():
            raise FilmTakenError(f"there is a film named {new}: choose another name", name=new)
        self._move(old, path, name)

    def copy(self, name: str) -> str:
        """Copy a film's file; return the copy's name."""
        text = self._text(name)
        base = re.sub(r"-\d+$", "", name)[:58]
        new = next(one for n in range(2, MOST + 2) if not self._taken(one := f"{base}-{n}"))
        try:
            write_whole(self.path(new), text)
        except OSError as error:
            raise self._refused(error) from error
        return new

    def delete(self, name: str) -> None:
        """Move a film to the trash; raises NoFilmError."""
        if not self.version(name):
            raise NoFilmError(f"the film {name} has no file any more", name=name)
        self._discard(self.path(name))

    def _saved(self, path: Path, board: Storyboard, *, seen: Version | None = None) -> Version:
        try:
            self.folder.mkdir(exist_ok=True)
            return save(board, path, seen=seen)
        except ChangedOnDiskError as error:
            name = path.stem
            raise FilmChangedError(
                f"the file of {name} was changed elsewhere; it is not overwritten", name=name
            ) from error
        except OSError as error:
            raise self._refused(error) from error

    def _taken(self, name: str) -> bool:
        return any(one.name.casefold() == name.casefold() for one in self.listed())

    def _text(self, name: str) -> str:
        try:
            return self.path(name).read_text("utf-8")
        except FileNotFoundError:
            raise NoFilmError(f"the film {name} has no file any more", name=name) from None
        except OSError as error:
            raise self._refused(error) from error

    def _discard(self, path: Path) -> None:
        trash = self.folder / TRASH
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        try:
            trash.mkdir(exist_ok=True)
        except OSError as error:
            raise self._refused(error) from error
        self._move(path, trash / f"{path.stem}.{stamp}.yaml", path.stem)
        for old in sorted(trash.glob("*.yaml"), key=lambda one: one.name.split(".")[-2])[:-KEPT_IN_TRASH]:
            old.unlink(missing_ok=True)

    def _move(self, old: Path, new: Path, name: str) -> None:
        try:
            old.rename(new)
        except FileNotFoundError:
            raise NoFilmError(f"the film {name} has no file any more", name=name) from None
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> FilmDiskError:
        why = error.strerror or str(error)
        return FilmDiskError(
            f"the films' folder {self.folder} cannot be used: {why}; check its permissions and the disk",
            folder=self.folder.name,
            why=why,
        )

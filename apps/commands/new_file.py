"""Write a command's output atomically, never over a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twin.disk import sync
from twin.errors import TwinError


class OutputExistsError(TwinError):
    """Output file exists already."""

    zh = "文件已存在，不会覆盖：{message}"


class OutputError(TwinError):
    """Output file cannot be written there."""

    zh = "文件无法写入：{message}"


@contextmanager
def new_file(out: Path, *, option: str, partial: Path | None = None) -> Iterator[Path]:
    """Yield a temporary path beside ``out`` to write to.

    It becomes ``out``, synced, when the body ends well. When the body fails nothing is left. ``option`` is
    what names ``out`` on the command line, ``partial`` another path on its disk to write to. Raises
    OutputExistsError, and OutputError for what the disk says.
    """
    partial = partial or out.parent / f".{os.getpid()}.partial"
    try:
        if not out.parent.is_dir():
            raise OutputError(f"{out}: there is no folder {out.parent}; make it first", path=out)
        if _is_there(out):
            raise OutputExistsError(
                f"{out}: is there already; nothing is overwritten, give {option} a new name", path=out
            )
        try:
            yield partial
            sync(partial)
            partial.rename(out)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        why = error.strerror or error
        raise OutputError(f"{out}: {why}; give {option} another place", path=out) from error


def _is_there(path: Path) -> bool:
    """Whether anything has that name, a broken link too. Raises OSError for a name that nothing can have."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True

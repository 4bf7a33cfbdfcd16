"""Turn the operating system's refusals into one line: full disk, missing right."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path

from twin.errors import TwinError

FULL_BYTES = 1 << 18
"""Bytes left below which a failed write is put down to the disk."""


class StoreError(TwinError):
    """Stored data cannot be read or written."""

    zh = "数据存储区出错：{message}"


class SystemRefusalError(StoreError):
    """Operating system refused; ``path`` and ``errno`` where it named them."""

    zh = "系统拒绝了操作：{message}"


class DiskFullError(SystemRefusalError):
    """Disk or quota is full."""

    zh = "磁盘已满，请腾出空间后重试{place}"


class ReadOnlyDiskError(SystemRefusalError):
    """Disk is read-only."""

    zh = "磁盘只读，请换一个可写的文件夹{place}"


class NoRightError(SystemRefusalError):
    """Permission denied for this user."""

    zh = "没有权限，请换一个文件夹或用户{place}"


class TooManyFilesError(SystemRefusalError):
    """Process or machine is out of file handles."""

    zh = "打开的文件过多，请提高上限{place}"


_KINDS: dict[int, tuple[type[SystemRefusalError], str]] = {
    errno.ENOSPC: (DiskFullError, "the disk is full; free some space and try again"),
    errno.EDQUOT: (DiskFullError, "the disk quota is used up; free some space and try again"),
    errno.EFBIG: (DiskFullError, "the file is larger than may be written here; raise the limit (ulimit -f)"),
    errno.EROFS: (ReadOnlyDiskError, "the disk is read-only; {remedy}"),
    errno.EACCES: (NoRightError, "no right to do that here; {remedy}"),
    errno.EPERM: (NoRightError, "no right to do that here; {remedy}"),
    errno.EMFILE: (TooManyFilesError, "too many open files; raise the limit (ulimit -n)"),
    errno.ENFILE: (TooManyFilesError, "too many open files on this machine; end other programs"),
}
MACHINES_FAULT = frozenset({*_KINDS, errno.EIO, errno.ENOMEM, errno.EAGAIN, errno.ENODEV, errno.ESTALE})
"""Reasons that lie in the machine as it is now, and in no file that a person has brought."""


def refusal(
    error: OSError | MemoryError,
    path: Path | None = None,
    *,
    remedy: str = "name a place that this user can write to",
) -> SystemRefusalError:
    """Convert a refusal of the system to an error of ours.

    What was refused, where, and the remedy.
    """
    if isinstance(error, MemoryError):
        return SystemRefusalError("the machine has no memory left for this; end other programs")
    where = path or error.filename
    prefix = f"{where}: " if where is not None else ""
    if error.errno in _KINDS:
        kind, words = _KINDS[error.errno]
        return kind(prefix + words.format(remedy=remedy), path=where, errno=error.errno)
    words = error.strerror or " ".join(str(error).split()) or type(error).__name__
    return SystemRefusalError(prefix + words[:1].lower() + words[1:], path=where, errno=error.errno)


def is_full(folder: Path) -> bool:
    """Return whether a folder's disk has no room.

    Libraries report a full disk in words of their own.
    """
    try:
        return shutil.disk_usage(folder).free < FULL_BYTES
    except OSError:
        return False


def sync(path: Path) -> None:
    """Flush a file or a folder to the disk (``fsync``).

    Raises OSError.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def nearly_named(path: Path) -> str:
    """Return a hint at a file differing in case, or ''.

    It is beside a missing one.
    """
    with contextlib.suppress(OSError):
        names = (file.name for file in path.parent.iterdir())
        near = sorted(name for name in names if name.lower() == path.name.lower())
        return f"; there is {near[0]}: the case of letters counts" if near else ""
    return ""

"""Unpack a tileset in a zip archive (3tz).

Into a folder, within limits and nowhere else.
"""

from __future__ import annotations

import errno
import shutil
import stat
import zipfile
import zlib
from pathlib import Path

from meshes.errors import DamagedError, ForeignFileError, OverLimitError, UnsupportedForeignError
from meshes.readers.problems import Problems
from meshes.readers.sandbox.uris import inside

MOST_FILES = 1_000_000
MOST_MIB = 65_536
MOST_TIMES = 200
"""So many times an archive's own size may be in it; models and pictures come to five times."""
ROOM = 64 << 20
"""What may be in any archive."""
INDEX = "@3dtilesIndex1@"
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def read(path: Path, *, out: Path) -> dict[str, object]:
    """Unpack all files.

    ``tileset`` is the name of the outermost tileset.json among them. A file that cannot be unpacked is left
    out and named in ``problems``. Raises DamagedError, UnsupportedForeignError, OverLimitError.
    """
    problems = Problems()
    with _opened(path) as archive:
        members = [
            member for member in archive.infolist() if not member.is_dir() and member.filename != INDEX
        ]
        _bounded(members, path.stat().st_size, out)
        names = []
        for member in members:
            name = member.filename.replace("\\", "/")
            try:
                _unpack(archive, member, inside(name, folder=out, root=out, uri=False, links=False))
                names.append(name)
            except ForeignFileError as error:
                problems.add(name, f"{error.message}: left out", error)
    roots = sorted((n for n in names if n.rsplit("/", 1)[-1] == "tileset.json"), key=lambda n: n.count("/"))
    if not roots:
        raise problems.first[0](problems.first[1]) if problems.first else DamagedError("has no tileset.json")
    if len(roots) > 1 and roots[0].count("/") == roots[1].count("/"):
        raise UnsupportedForeignError(
            f"holds several tilesets, {roots[0]} and {roots[1]}: unpack it, and name one"
        )
    return {"tileset": roots[0], "problems": problems.lines()}


_NO_ARCHIVE = "is no zip archive, or is cut off: its directory stands at its end"


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path, metadata_encoding="gb18030")  # for names that are not said to be UTF-8
    except UnicodeDecodeError:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, OverflowError):
        raise DamagedError(_NO_ARCHIVE) from None
    except OSError as error:  # a place before the file's begin, says its directory
        raise (DamagedError(_NO_ARCHIVE) if error.errno == errno.EINVAL else error) from None
    except NotImplementedError:
        raise UnsupportedForeignError("is a zip archive of a newer kind, which is not read") from None


def _bounded(members: list[zipfile.ZipInfo], packed: int, out: Path) -> None:
    """Raises OverLimitError for what would take more than an archive of tiles can."""
    if len(members) > MOST_FILES:
        raise OverLimitError(f"holds {len(members):,} files; at most {MOST_FILES:,} are read")
    total = sum(member.file_size for member in members)
    most = min(MOST_MIB << 20, max(ROOM, MOST_TIMES * packed))
    if total > most:
        raise OverLimitError(f"unpacks to {total >> 20:,} MiB; at most {most >> 20:,} are read from it")
    free = shutil.disk_usage(out).free
    if total > free * 0.9:
        raise OverLimitError(
            f"unpacks to {total >> 20:,} MiB, and the folder for temporary files has {free >> 20:,}"
        )


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path) -> None:
    """Raises DamagedError, UnsupportedForeignError."""
    if stat.S_ISLNK(member.external_attr >> 16):
        raise UnsupportedForeignError("is a link, which is not read from an archive")
    if member.flag_bits & 1:
        raise UnsupportedForeignError("is encrypted")
    if member.compress_type not in METHODS:
        raise UnsupportedForeignError(
            f"is packed by method {member.compress_type}, which is not read: pack it by deflate"
        )
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, to.open("xb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        to.unlink(missing_ok=True)
        raise DamagedError("is damaged in the archive") from None
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        raise DamagedError("stands in the archive twice") from None
    except OSError as error:
        to.unlink(missing_ok=True)
        raise (DamagedError("is damaged in the archive") if error.errno == errno.EINVAL else error) from None

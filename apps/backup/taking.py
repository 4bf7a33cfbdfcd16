"""Write a backup while the server runs.

Databases are copied by SQLite's online backup, so that what was acknowledged before is in it and no writer
waits. The archive has its name only when it is whole and on the disk.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from apps.backup.manifest import FORMAT, NAME, BackupError, FileRecord, Manifest
from twin.alarms.alerting import FILE as ALERTS
from twin.catalog import load_catalog_leniently
from twin.disk import refusal, sync
from twin.drills.drill_check import FOLDER as DRILLS
from twin.live import FOLDER
from twin.runs_file import FILE as RUNS
from twin.stations.store.database import FILE
from twin.store import NotBuiltError, Store

STORE = ".twin"
"""Folder of the store in a backup; beside it lie the catalog and the users."""
JOURNAL = "audit.jsonl"
STORYBOARDS, WALL = "storyboards", "wall"
"""Folders of the studio's films and of the wall's journal, whose modules are above this one."""
TAIL = 1 << 20


def take_backup(
    target: Path,
    catalog: Path,
    *,
    root: Path | None = None,
    store: Path | None = None,
    users: Path | None = None,
    products: bool = False,
    observations: bool = True,
) -> Manifest:
    """Write a backup to a new file; return its manifest.

    ``users`` is the file of users, by default the one beside the store. Raises CatalogError, BackupError,
    NotBuiltError for ``products`` where nothing is built, SystemRefusalError.
    """
    read, _ = load_catalog_leniently(catalog, root=root)
    shelf = Store.beside(read.path, store)
    if store is not None and not shelf.folder.is_dir():
        raise BackupError(f"there is no store in {shelf.folder}; the backup would hold no observations")
    if observations and read.site.observations.url_env is not None:
        raise BackupError(
            f"observations are kept in the database that {read.site.observations.url_env} names: back it up "
            "with its own tool (pg_dump), and the rest with --without-observations"
        )
    users = shelf.folder.absolute().with_name("users.toml") if users is None else users
    with _new_file(target) as file, _Archive(file, target) as archive:
        archive.add_file(read.path.name, read.path)
        site = read.path.parent / read.head.site
        if site.exists():
            archive.add_file(read.head.site, site)
        for suffix in (".toml", ".key", ".tokens.json"):
            if (path := users.with_suffix(suffix)).exists():
                archive.add_file(f"users{suffix}", path)
        if (path := users.with_suffix(".sqlite")).exists():
            archive.add_database("users.sqlite", path)
        if (path := shelf.folder / JOURNAL).exists():
            archive.add_lines(f"{STORE}/{JOURNAL}", path)
        for folder in (DRILLS, STORYBOARDS):  # a film's sound lies beside it
            for path in sorted((read.path.parent / folder).glob("[!.]*.*")):
                if path.is_file():
                    archive.add_file(f"{folder}/{path.name}", path)
        for folder in (DRILLS, WALL):
            for path in sorted((shelf.folder / folder).glob("*.jsonl")):
                archive.add_lines(f"{STORE}/{folder}/{path.name}", path)
        if (path := shelf.folder / RUNS).exists():
            archive.add_database(f"{STORE}/{RUNS}", path)
        schema = None
        # Before the journal, so that it names no line of which the journal's copy has nothing.
        if observations and (path := shelf.folder / FOLDER / ALERTS).exists():
            archive.add_database(f"{STORE}/{FOLDER}/{ALERTS}", path)
        if observations and (path := shelf.folder / FOLDER / FILE).exists():
            schema = archive.add_database(f"{STORE}/{FOLDER}/{FILE}", path)
        generation = _add_products(archive, shelf) if products else ""
        manifest = Manifest(
            format=FORMAT,
            program=version("miyun-twin"),
            basin=read.head.id,
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            catalog=read.path.name,
            observations=schema,
            generation=generation,
            files=archive.records,
        )
        archive.end(manifest)
    return manifest


def _add_products(archive: _Archive, shelf: Store) -> str:
    generation = shelf.current()
    if generation is None:
        raise NotBuiltError(f"{shelf.folder}: nothing is built here; run 'twin build'")
    manifest = f"generations/{generation.id}.json"
    for name in ("current", manifest):
        archive.add_file(f"{STORE}/{name}", shelf.folder / name)
    for step in generation.products:
        folder = generation.path(step)
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                archive.add_file(f"{STORE}/{path.relative_to(shelf.folder).as_posix()}", path)
    return generation.id


class _Archive:
    """Tar file that is written once, member by member."""

    def __init__(self, file: IO[bytes], target: Path) -> None:
        self._tar = tarfile.TarFile(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)
        self._copy = target.with_name(f"partial-{target.name}.sqlite")
        self.records: dict[str, FileRecord] = {}

    def __enter__(self) -> _Archive:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._copy.unlink(missing_ok=True)
        if kind is None:
            self._tar.close()

    def add_file(self, name: str, path: Path) -> None:
        """Add a file that is replaced as a whole, never changed in place."""
        with path.open("rb") as source:
            self._add(name, source, os.fstat(source.fileno()).st_size)

    def add_lines(self, name: str, path: Path) -> None:
        """Add a file that grows by lines: the whole ones that it has now."""
        with path.open("rb") as source:
            end = os.fstat(source.fileno()).st_size
            source.seek(max(0, end - TAIL))
            tail = source.read(end - source.tell())
            source.seek(0)
            self._add(name, source, end - (len(tail) - tail.rfind(b"\n") - 1))

    def add_database(self, name: str, path: Path) -> int | None:
        """Add a SQLite database as it is now; return the version of its tables, if it has one."""
        self._copy.unlink(missing_ok=True)
        self._copy.touch(0o600)
        try:
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(self._copy)) as copy:
                source.execute("PRAGMA busy_timeout=10000")
                source.backup(copy)
                found = _version_of(copy)
        except sqlite3.Error as error:
            raise BackupError(f"{path}: cannot be copied: {error}") from None
        self.add_file(name, self._copy)
        self._copy.unlink()
        return found

    def end(self, manifest: Manifest) -> None:
        """Add the manifest, without which it is no backup."""
        data = manifest.model_dump_json(indent=1).encode()
        self._add(NAME, io.BytesIO(data), len(data))

    def _add(self, name: str, source: IO[bytes], nbytes: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = nbytes, 0o600, int(datetime.now(UTC).timestamp())
        hashing = _Hashing(source)
        self._tar.addfile(member, hashing)  # type: ignore[arg-type]  # it only reads
        self.records[name] = FileRecord(nbytes=nbytes, sha256=hashing.digest.hexdigest())


class _Hashing:
    """Reads a file and hashes what was read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, nbytes: int) -> bytes:
        data = self._source.read(nbytes)
        self.digest.update(data)
        return data


def _version_of(database: sqlite3.Connection) -> int | None:
    try:
        (found,) = database.execute("SELECT value FROM facts WHERE name = 'version'").fetchone()
        return int(found)
    except (sqlite3.Error, TypeError, ValueError):
        return None


@contextmanager
def _new_file(target: Path) -> Iterator[Any]:
    """File that gets its name when it is whole.

    A kill leaves ``partial-…``, which the next one overwrites.
    """
    if target.exists():
        raise BackupError(f"{target}: there is something already; name a new file")
    partial = target.with_name(f"partial-{target.name}")
    try:
        handle = os.open(partial, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise refusal(error, partial) from None
    with os.fdopen(handle, "wb") as file:
        if not _is_ours(file, partial):
            raise BackupError(f"{partial}: another backup writes this; wait for it")
        try:
            file.truncate()
            yield file
            file.flush()
            os.fsync(file.fileno())
            if target.exists():
                raise BackupError(f"{target}: there is something already; name a new file")
            partial.rename(target)
            sync(target.parent)
        except OSError as error:
            raise refusal(error, target) from None
        finally:
            partial.unlink(missing_ok=True)


def _is_ours(file: IO[bytes], path: Path) -> bool:
    """Lock a file, and look whether it still has its name: another backup may just have ended."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False

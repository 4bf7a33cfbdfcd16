"""Restore a backup into an empty folder.

All is checked while it is unpacked beside the folder, which then gets its name by a rename: nothing is left
half done.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
from pathlib import Path

from pydantic import ValidationError

from apps.backup.manifest import FORMAT, NAME, BrokenBackupError, Manifest, RestoreError
from twin.disk import refusal, sync
from twin.stations.store.schema import VERSION

CHUNK = 1 << 20
LARGEST_MANIFEST = 64 << 20


def restore_backup(source: Path, folder: Path) -> Manifest:
    """Unpack a backup into an empty or new folder; return its manifest.

    Raises RestoreError, BrokenBackupError, SystemRefusalError; then the folder is as it was.
    """
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RestoreError(
            f"{folder}: not an empty folder; name a new one, and let the server use it when it is whole"
        )
    partial = folder.with_name(f"partial-{folder.name}")
    try:
        with source.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            members = tar.getmembers()
            manifest = _manifest_of(tar, members, source)
            if partial.exists():
                shutil.rmtree(partial)  # what a killed one left
            partial.mkdir(parents=True, mode=0o700)
            for member in members[:-1]:
                _unpack(tar, member, partial, manifest, source)
        for path in (partial, *(found for found in partial.rglob("*") if found.is_dir())):
            sync(path)
        partial.rename(folder)
        sync(folder.parent)
    except (tarfile.TarError, EOFError, UnicodeError) as error:
        raise BrokenBackupError(f"{source}: no whole backup ({error}); use another one") from None
    except OSError as error:
        raise refusal(error, Path(error.filename) if error.filename else folder) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def _manifest_of(tar: tarfile.TarFile, members: list[tarfile.TarInfo], source: Path) -> Manifest:
    """The manifest, which names exactly the members before it."""
    if not members or members[-1].name != NAME or members[-1].size > LARGEST_MANIFEST:
        raise BrokenBackupError(f"{source}: no whole backup: it has no manifest at its end; use another one")
    content = tar.extractfile(members[-1])
    try:
        manifest = Manifest.model_validate_json(b"" if content is None else content.read())
    except ValidationError:
        raise BrokenBackupError(f"{source}: its manifest is none of ours; use another backup") from None
    if manifest.format > FORMAT or (manifest.observations or 0) > VERSION:
        raise RestoreError(
            f"{source}: made by a newer program ({manifest.program}); restore it with that one",
        )
    names = [member.name for member in members[:-1]]
    if len(set(names)) != len(names) or set(names) != manifest.files.keys():
        raise BrokenBackupError(f"{source}: holds other files than its manifest names; use another backup")
    return manifest


def _unpack(
    tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path, manifest: Manifest, source: Path
) -> None:
    """Write one file, and compare it with the manifest."""
    safe = tarfile.data_filter(member, str(folder))  # raises FilterError for what leads out of the folder
    if safe.name != member.name:  # it takes the root from an absolute path
        raise BrokenBackupError(f"{source}: {member.name} leads out of the folder; use another backup")
    record = manifest.files[member.name]
    content = tar.extractfile(member) if member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) else None
    if content is None or member.size != record.nbytes:
        raise BrokenBackupError(f"{source}: {member.name} is not what was backed up; use another backup")
    path = folder / member.name
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while block := content.read(CHUNK):
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    if digest.hexdigest() != record.sha256:
        raise BrokenBackupError(f"{source}: {member.name} is not what was backed up; use another backup")

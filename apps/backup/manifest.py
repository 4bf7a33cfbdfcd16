"""List of a backup's files with their hashes: its last member."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from twin.errors import TwinError

NAME = "manifest.json"
FORMAT = 1


class BackupError(TwinError):
    """Backup cannot be taken."""

    zh = "无法备份：{message}"


class RestoreError(TwinError):
    """Backup cannot be restored there."""

    zh = "无法恢复：{message}"


class BrokenBackupError(RestoreError):
    """Archive is cut short, damaged, altered, or no backup."""

    zh = "备份文件不完整或已被改动，请换一份备份：{message}"


class FileRecord(BaseModel):
    """Size and content hash of one file."""

    model_config = ConfigDict(extra="forbid", strict=True)
    nbytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """Contents of a backup and the versions that they are of.

    ``observations`` is the version of their tables, None without them; ``generation`` the id of the products
    that it holds, '' without.
    """

    model_config = ConfigDict(extra="forbid", strict=True)
    format: int
    program: str
    basin: str
    made: str
    catalog: str
    observations: int | None
    generation: str
    files: dict[str, FileRecord]
    kind: Literal["miyun-twin backup"] = "miyun-twin backup"

"""Compare the project's code between machines."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("twin", "meshes", "layers", "apps")


def project_digest() -> str:
    """Hash the project's sources: SHA-256 of names and contents.

    Machines that draw or build together must have the same ones.
    """
    digest = sha256()
    for package in PACKAGES:
        for file in sorted((PROJECT / package).rglob("*.py")):
            digest.update(file.relative_to(PROJECT).as_posix().encode() + b"\0")
            digest.update(file.read_bytes())
    return digest.hexdigest()

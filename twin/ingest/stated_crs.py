"""Compare the CRS stated by a file with the catalog's."""

from __future__ import annotations

from pathlib import Path

from twin.crs import FrameError, check_crs
from twin.crs_agreement import agree
from twin.ingest.errors import CrsError


def stated_system(crs: str, path: Path, *, mend: str) -> str:
    """Return the CRS that a file states.

    Raises CrsError with how to mend the file: none goes before it.
    """
    try:
        check_crs(crs)
    except FrameError as error:
        raise CrsError(f"{path}: {error}: {mend}", path=path) from None
    return crs


def check_agreement(declared: str, told: str, path: Path) -> None:
    """Raise CrsError where file and catalog disagree."""
    try:
        agree(declared, told)
    except FrameError as error:
        raise CrsError(f"{path}: {error.message}", path=path) from None

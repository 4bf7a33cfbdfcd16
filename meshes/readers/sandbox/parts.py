"""Check, join and write parts of a surface in the child."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError
from meshes.tiles.finish import REPEATED, Finish
from twin.arrays import F32, F64, U8

FARTHEST = 1e9
"""No coordinate of a CRS in metres or degrees is larger."""
COARSE = 0.02
"""Of the file's unit: 2 cm for metres."""
WHITE = (255, 255, 255, 255)


def whites(many: int) -> U8:
    """Return white RGBA where the file has white, (n, 4).

    Where it has no colour there are none.
    """
    return np.full((many, 4), 255, np.uint8)


@dataclass(frozen=True, kw_only=True)
class RawPart:
    """Triangles of one material.

    ``picture`` counts the pictures of the file, -1 for none.
    """

    position: F64
    triangles: NDArray[np.integer]
    tcoord: F32 | None = None
    colour: U8 | None = None
    feature: F32 | None = None
    base: tuple[int, int, int, int] = WHITE
    material: str = ""
    picture: int = -1
    finish: Finish = REPEATED


@dataclass(frozen=True, kw_only=True)
class RawCloud:
    """Points without a surface."""

    position: F64
    colour: U8 | None = None
    feature: F32 | None = None


def write(parts: Sequence[RawPart | RawCloud], pictures: Sequence[bytes], *, out: Path) -> dict[str, object]:
    """Write all parts; the answer is how they are cut.

    Raises DamagedError for what cannot be drawn.
    """
    kept = [part for part in parts if isinstance(part, RawPart) and len(part.triangles)]
    clouds = [part for part in parts if isinstance(part, RawCloud) and len(part.position)]
    for part in kept:
        check(part)
    for cloud in clouds:
        _check_places(cloud.position)
    both: list[RawPart | RawCloud] = [*kept, *clouds]
    points = sum(len(part.position) for part in both)
    _save(out, "position", [part.position for part in both], (points, 3), np.float64)
    triangles = sum(len(part.triangles) for part in kept)
    _save(out, "triangles", [part.triangles for part in kept], (triangles, 3), np.int32)
    optional: tuple[tuple[str, int, type], ...] = (
        ("tcoord", 2, np.float32),
        ("colour", 4, np.uint8),
        ("feature", 1, np.float32),
    )
    for name, wide, kind in optional:
        arrays = [a.reshape(-1, wide) for part in both if (a := getattr(part, name, None)) is not None]
        _save(out, name, arrays, (sum(map(len, arrays)), wide), kind)
    with (out / "pictures.bin").open("wb") as file:
        for picture in pictures:
            file.write(picture)
    return {
        "parts": [
            {
                "points": len(part.position),
                "triangles": len(part.triangles),
                "has": [name for name, _, _ in optional if getattr(part, name) is not None],
                "base": list(part.base),
                "material": part.material[:200],
                "picture": part.picture,
                "finish": part.finish.words,
            }
            for part in kept
        ],
        "clouds": [
            {
                "points": len(cloud.position),
                "has": [name for name in ("colour", "feature") if getattr(cloud, name) is not None],
            }
            for cloud in clouds
        ],
        "pictures": [len(picture) for picture in pictures],
    }


def coarse(position: F64) -> list[str]:
    """Return a note where float32 is coarser than ``COARSE``.

    So far out, where a file has its places in float32.
    """
    far = float(np.abs(position).max(initial=0))
    step = float(np.spacing(np.float32(far))) if far < FARTHEST else 0.0
    if step <= COARSE:
        return []
    return [
        f"its places are of 32 bits, {step:.2g} units apart at {far:,.0f}: export it from a nearer origin"
    ]


def check(part: RawPart) -> None:
    """Raise DamagedError for invalid places and missing vertices."""
    many = len(part.position)
    low, high = int(part.triangles.min()), int(part.triangles.max())
    if low < 0 or high >= many:
        raise DamagedError(f"a triangle names vertex {high if high >= many else low} of {many}")
    _check_places(part.position)
    if part.tcoord is not None and not np.isfinite(part.tcoord).all():
        raise DamagedError("a texture coordinate is no number")


def _check_places(position: F64) -> None:
    if not np.isfinite(position).all():
        raise DamagedError("a vertex has no place (NaN or infinity)")
    if max(-position.min(), position.max()) > FARTHEST:
        raise DamagedError(f"a vertex lies more than {FARTHEST:.0e} units away")


def _save(
    out: Path, name: str, arrays: Sequence[NDArray[np.generic]], shape: tuple[int, int], kind: type
) -> None:
    """The arrays one after another in ``name.npy``, without a joined copy in memory."""
    with (out / f"{name}.npy").open("wb") as file:
        header = {
            "descr": np.lib.format.dtype_to_descr(np.dtype(kind)),
            "fortran_order": False,
            "shape": shape,
        }
        np.lib.format.write_array_header_1_0(file, header)
        for array in arrays:
            file.write(np.ascontiguousarray(array, dtype=kind).data)

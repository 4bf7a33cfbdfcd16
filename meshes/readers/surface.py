"""Read foreign surfaces in a guarded child, and check them.

OBJ, PLY, STL, GLB, glTF.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import OverLimitError
from meshes.guard import DEFAULT, Limits, guarded, stored
from meshes.tiles.finish import REPEATED, Finish
from twin.arrays import F32, F64, I32, U8


@dataclass(frozen=True, kw_only=True)
class SurfacePart:
    """Triangles of one material.

    ``position`` (n, 3) float64, Z up. ``triangles`` (m, 3) int32, anticlockwise from outside. ``tcoord``
    (n, 2) float32: place in the picture, from its left and its top, or None. ``colour`` (n, 4) uint8 RGBA
    per vertex, or None. ``feature`` (n,) float32: batch or feature id plus 1, or None. ``base``: RGBA of the
    material. ``image``: a JPEG or PNG file's bytes, or None; several parts may share one. Colours are those
    of a screen (sRGB); what is seen is the picture times ``colour`` times ``base``. ``finish``: how the
    picture goes on beyond 0..1, and what alpha does.
    """

    position: F64
    triangles: I32
    tcoord: F32 | None
    colour: U8 | None
    feature: F32 | None
    base: tuple[int, int, int, int]
    material: str
    image: bytes | None
    finish: Finish = REPEATED


@dataclass(frozen=True, kw_only=True)
class SurfaceCloud:
    """Points beside a surface: ``position`` (n, 3) float64, Z up.

    ``colour`` (n, 4) uint8 RGBA of a screen, or None.
    """

    position: F64
    colour: U8 | None


@dataclass(frozen=True, kw_only=True)
class SurfaceData:
    """Surface in its file's units and place, Z up.

    ``notes``: what was left out.
    """

    parts: tuple[SurfacePart, ...]
    clouds: tuple[SurfaceCloud, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def triangles(self) -> int:
        """Number of triangles of all parts."""
        return sum(len(part.triangles) for part in self.parts)


def read_surface(
    path: Path, *, root: Path | None = None, z_up: bool | None = None, limits: Limits = DEFAULT
) -> SurfaceData:
    """Read a surface file: ``.obj``, ``.ply``, ``.stl``, ``.glb``, ``.gltf``.

    Files that it names must lie under ``root`` (its own folder by default). ``z_up`` says how the file
    stands; by default glTF is Y-up and everything else Z-up. Raises ForeignFileError.
    """
    arguments = {"root": str((root or path.parent).absolute()), "z_up": z_up}
    with guarded("surface", path, arguments, limits=limits) as (answer, folder):
        return unpacked(answer, folder, path)


def unpacked(answer: dict[str, Any], folder: Path, path: Path) -> SurfaceData:
    """Return what the child wrote (``sandbox/parts.py``).

    Raises OverLimitError where it does not fit together.
    """
    try:
        parts, clouds = _parts(answer, folder)
    except (KeyError, TypeError, ValueError, IndexError, OSError):
        raise OverLimitError(f"{path}: the reader's answer does not fit together", path=path) from None
    except OverLimitError as error:
        raise OverLimitError(f"{path}: {error.message}", path=path) from None
    return SurfaceData(parts=parts, clouds=clouds, notes=tuple(str(note) for note in answer.get("notes", ())))


def _parts(answer: dict[str, Any], folder: Path) -> tuple[tuple[SurfacePart, ...], tuple[SurfaceCloud, ...]]:
    position = stored(folder, "position", dtype="float64", shape=(None, 3), mapped=True)
    triangles = stored(folder, "triangles", dtype="int32", shape=(None, 3), mapped=True)
    optional = {
        "tcoord": stored(folder, "tcoord", dtype="float32", shape=(None, 2), mapped=True),
        "colour": stored(folder, "colour", dtype="uint8", shape=(None, 4), mapped=True),
        "feature": stored(folder, "feature", dtype="float32", shape=(None, 1), mapped=True),
    }
    if not np.isfinite(position).all() or not np.isfinite(optional["tcoord"]).all():
        raise ValueError("not finite")
    pictures = _pictures(answer["pictures"], folder / "pictures.bin")
    at = dict.fromkeys(("position", "triangles", *optional), 0)
    parts = []

    def next_of(name: str, array: NDArray[Any], many: int) -> NDArray[Any]:
        start = at[name]
        at[name] += many
        if many < 0 or at[name] > len(array):
            raise ValueError(name)
        return array[start : at[name]]

    for told in answer["parts"]:
        many = int(told["points"])
        corners = next_of("triangles", triangles, int(told["triangles"]))
        if len(corners) and (corners.min() < 0 or corners.max() >= many):
            raise ValueError("triangles")
        own = {name: next_of(name, optional[name], many) for name in optional if name in told["has"]}
        picture = int(told["picture"])
        red, green, blue, alpha = (int(value) for value in told["base"])
        parts.append(
            SurfacePart(
                position=next_of("position", position, many),
                triangles=corners,
                tcoord=own.get("tcoord"),
                colour=own.get("colour"),
                feature=own["feature"].reshape(-1) if "feature" in own else None,
                base=(red, green, blue, alpha),
                material=str(told["material"]),
                image=pictures[picture] if picture >= 0 else None,
                finish=Finish.of(told["finish"]),
            )
        )
    clouds = []
    for told in answer["clouds"]:
        many = int(told["points"])
        own = {name: next_of(name, optional[name], many) for name in optional if name in told["has"]}
        clouds.append(SurfaceCloud(position=next_of("position", position, many), colour=own.get("colour")))
    return tuple(parts), tuple(clouds)


def _pictures(lengths: list[int], file: Path) -> list[bytes]:
    data = file.read_bytes()
    ends = np.cumsum([0, *lengths])
    if (np.diff(ends) <= 0).any() or ends[-1] != len(data):
        raise ValueError("pictures")
    return [data[a:b] for a, b in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]

"""Small clouds as writers in the field leave them, and the reader run in this process."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import laspy
import numpy as np
from laspy.vlrs.vlr import VLR

from meshes.readers.sandbox import points

EAST, NORTH = 490_000.0, 4_483_000.0


def write_cloud(
    path: Path,
    *,
    version: str = "1.4",
    format_: int = 7,
    position: Sequence[Sequence[float]] = ((0, 0, 160), (1, 0, 161), (0, 1, 162)),
    wkt: str = "",
    keys: Mapping[int, int] | None = None,
    origin: tuple[float, float, float] = (EAST, NORTH, 0.0),
    scale: float = 0.001,
    **columns: object,
) -> Path:
    """Points (n, 3) counted from an origin with columns by laspy's names.

    ``wkt`` and ``keys`` (GeoTIFF's, whole numbers) become records.
    """
    header = laspy.LasHeader(version=version, point_format=format_)
    header.scales, header.offsets = np.full(3, scale), np.array(origin)
    cloud = laspy.LasData(header)
    cloud.x, cloud.y, cloud.z = (np.asarray(position, np.float64) + np.array(origin)).T
    for name, values in columns.items():
        cloud[name] = np.asarray(values)
    if wkt:
        cloud.header.vlrs.append(VLR("LASF_Projection", 2112, "", wkt.encode() + b"\0"))
        cloud.header.global_encoding.wkt = True
    if keys:
        entries = [1, 1, 0, len(keys), *(n for key in sorted(keys) for n in (key, 0, 1, keys[key]))]
        cloud.header.vlrs.append(
            VLR("LASF_Projection", 34735, "", struct.pack(f"<{len(entries)}H", *entries))
        )
    cloud.write(str(path))
    return path


def read(path: Path, out: Path, **more: float) -> dict[str, object]:
    """The answer of the reader, with its arrays by name."""
    out.mkdir(exist_ok=True)
    answer = points.read(path, out=out, **more)
    return answer | {file.stem: np.load(file) for file in out.glob("*.npy")}

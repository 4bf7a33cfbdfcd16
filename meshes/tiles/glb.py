"""Write and map a tile's uncompressed GLB.

It is written once and mapped, never parsed. POSITION is in projected metres (east, north, height) minus the
tile's centre; the root node turns it to glTF's Y-up, so that a viewer that turns Y-up back to Z-up, as 3D
Tiles asks for, holds POSITION again. Where the tile lies on the globe stands in tileset.json; here only the
centre does.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import numpy as np

from meshes.errors import BadTileError
from meshes.tiles.atomic_write import write_whole
from meshes.tiles.colour_space import linear, screen
from meshes.tiles.content import Content, Point, Primitive
from meshes.tiles.gltf import gltf_header
from meshes.tiles.layout import Header, PrimitiveHeader, padded
from meshes.tiles.mapping import map_file
from meshes.tiles.primitive_check import check_image, check_primitive, check_range, media_type
from twin.arrays import U8

MAGIC, JSON, BIN = 0x46546C67, 0x4E4F534A, 0x004E4942


def write_glb(path: Path, content: Content) -> int:
    """Write the tile's file atomically; returns its size in bytes.

    Raises BadTileError where the content is not fit (no primitive, a wrong type or shape, an index out of
    range, NaN) and OSError where the file cannot be written.
    """
    try:
        if not content.primitives:
            raise ValueError("it has no primitive")
        if not np.isfinite(content.centre).all():
            raise ValueError("its centre is not a number")
        extents = [check_primitive(primitive) for primitive in content.primitives]
        header, images = _header(content)
    except ValueError as error:
        raise BadTileError(f"{path} is not written: {error}", path=path) from None
    text = json.dumps(gltf_header(header, extents), separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    length = 12 + 8 + len(text) + 8 + header.nbytes
    if length >= 1 << 32:
        raise BadTileError(f"{path} is not written: over 4 GiB; cut it into smaller tiles", path=path)
    head = struct.pack("<5I", MAGIC, 2, length, len(text), JSON) + text
    head += struct.pack("<2I", header.nbytes, BIN) + header.packed()
    return write_whole(path, [head, *_pieces(content, images)])


def map_glb(path: Path) -> Content:
    """Map the tile in a file of ``write_glb``.

    Read-only views of the mapped file; only colours are copied. Lengths, counts, finite numbers and the range
    of indices are checked. The memory goes with the last view. Raises BadTileError for any other file, and
    where it cannot be read.
    """
    data = _mapped(path)
    try:
        header, start = _opened(data)
        return _content(header, data[start + header.table_nbytes :])
    except ValueError as error:
        _refuse(path, str(error))


def read_centre(path: Path) -> Point:
    """Read the centre of a tile's file: east, north, height.

    Working height. Raises BadTileError, as ``map_glb``.
    """
    data = _mapped(path)
    try:
        return _opened(data)[0].centre
    except ValueError as error:
        _refuse(path, str(error))


def _mapped(path: Path) -> U8:
    try:
        return map_file(path)
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        _refuse(path, f"it cannot be read ({getattr(error, 'strerror', None) or error})")


def _refuse(path: Path, reason: str) -> NoReturn:
    raise BadTileError(f"{path} is no usable tile: {reason}; build the tiles again", path=path) from None


def _opened(data: U8) -> tuple[Header, int]:
    """The header, and where the table begins."""
    if len(data) < 28:
        raise ValueError(f"it has {len(data)} bytes, too few for a GLB")
    raw = data.data
    magic, version, length, text, kind = struct.unpack_from("<5I", raw)
    if magic != MAGIC or version != 2:
        raise ValueError("it is not a GLB of version 2")
    if length != len(data):
        raise ValueError(f"it has {len(data)} bytes and says {length}")
    if kind != JSON or text % 4 or text > length - 28:
        raise ValueError("its first chunk is not a header")
    size, kind = struct.unpack_from("<2I", raw, 20 + text)
    start = 28 + text
    if kind != BIN or size != length - start:
        raise ValueError("its second chunk is not the rest of the file")
    return Header.unpacked(raw[start:]), start


def _content(header: Header, data: U8) -> Content:
    starts, offset = [], 0
    for primitive in header.primitives:
        starts.append(offset)
        offset += primitive.nbytes
    images = []
    for media, size in header.images:
        images.append(data[offset : offset + size].data)
        check_image(images[-1], media)
        offset += padded(size)
    primitives = [
        _primitive(primitive, data[start:], images)
        for primitive, start in zip(header.primitives, starts, strict=True)
    ]
    return Content(centre=header.centre, primitives=tuple(primitives))


def _primitive(header: PrimitiveHeader, data: U8, images: list[memoryview]) -> Primitive:
    count = header.vertices
    floats = data[: 4 * header.floats].view("<f4")
    at = 3 * count
    tcoord = feature = colour = triangles = coarse = None
    if header.tcoord:
        tcoord = floats[at : at + 2 * count].reshape(count, 2)
        at += 2 * count
    if header.feature:
        feature = floats[at:]
    at = 4 * header.floats
    if header.colour:
        colour = screen(data[at : at + 8 * count].view("<u2").reshape(count, 4))
        at += 8 * count
    if header.triangles:
        triangles = data[at : at + 12 * header.triangles].view("<i4").reshape(-1, 3)
        at += 12 * header.triangles
    if header.coarse:
        coarse = data[at : at + 12 * header.coarse].view("<i4").reshape(-1, 3)
    check_range(
        floats, reach=header.reach, triangles=triangles, coarse=coarse, vertices=count, feature=feature
    )
    return Primitive(
        position=floats[: 3 * count].reshape(count, 3),
        triangles=triangles,
        tcoord=tcoord,
        colour=colour,
        feature=feature,
        coarse=coarse,
        image=None if header.image is None else images[header.image],
        finish=header.finish,
    )


def _header(content: Content) -> tuple[Header, list[bytes | memoryview]]:
    places: dict[bytes, int] = {}
    images: list[bytes | memoryview] = []
    primitives = []
    for primitive in content.primitives:
        image = None
        if primitive.image is not None:
            image = places.setdefault(bytes(primitive.image), len(images))
            if image == len(images):
                images.append(primitive.image)
        numbers = [a for a in (primitive.position, primitive.tcoord, primitive.feature) if a is not None]
        primitives.append(
            PrimitiveHeader(
                vertices=len(primitive.position),
                triangles=0 if primitive.triangles is None else len(primitive.triangles),
                tcoord=primitive.tcoord is not None,
                colour=primitive.colour is not None,
                feature=primitive.feature is not None,
                buildings=0 if primitive.feature is None else len(np.setdiff1d(primitive.feature, [0])),
                image=image,
                coarse=0 if primitive.coarse is None else len(primitive.coarse),
                reach=max(float(np.abs(a).max()) for a in numbers),
                finish=primitive.finish,
            )
        )
    media = tuple((media_type(image), len(image)) for image in images)
    centre = (float(content.centre[0]), float(content.centre[1]), float(content.centre[2]))
    return Header(centre=centre, primitives=tuple(primitives), images=media), images


def _pieces(content: Content, images: list[bytes | memoryview]) -> Iterator[bytes | memoryview]:
    for primitive in content.primitives:
        colour = None if primitive.colour is None else linear(primitive.colour)
        for array in (
            primitive.position,
            primitive.tcoord,
            primitive.feature,
            colour,
            primitive.triangles,
            primitive.coarse,
        ):
            if array is not None:
                yield np.ascontiguousarray(array).data
    for image in images:
        yield image
        yield bytes(-len(image) % 4)

"""Layout of a tile's GLB: table, raw arrays, pictures, glTF header.

The binary chunk begins with the table, which glTF's header does not mention. This system reads the table and
never glTF's JSON, whose parsing would take longer than all the rest; every offset follows from the counts in
the table, so none is ever believed. Then come the arrays, primitive after primitive, each in this order where
present: POSITION, TEXCOORD_0, _FEATURE_ID_0, COLOR_0, indices, and a second, coarser list of indices, of
which glTF's header says nothing; then the pictures. All begin at a multiple of four.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from struct import Struct
from typing import Self

from meshes.tiles.content import Point
from meshes.tiles.finish import ALPHAS, WRAPS, Finish

MARK = b"MYT3"
HEAD = Struct("<4s3d2I")  # mark, centre, primitives, pictures
PART = Struct("<6I2f")  # vertices, triangles, flags, buildings, picture from 1, coarse, reach, cutoff
IMAGE = Struct("<2I")  # place in IMAGE_TYPES, bytes
TCOORD, COLOUR, FEATURE, TWO_SIDED = 1, 2, 4, 8
ACROSS, DOWN, ALPHA = 4, 6, 8  # where two bits of the flags begin
IMAGE_TYPES = ("image/jpeg", "image/png")


def padded(size: int) -> int:
    """Return ``size`` raised to a multiple of four bytes."""
    return size + -size % 4


@dataclass(frozen=True, kw_only=True)
class PrimitiveHeader:
    """Table row of one primitive.

    ``triangles`` is 0 for points; ``coarse`` is how many the coarser list has. ``buildings`` is how many
    there are among the features; 0 without ``feature``. ``image`` counts from 0. No number of position,
    tcoord and feature is larger than ``reach``, nor smaller than its negative. ``finish``: see ``Primitive``.
    """

    vertices: int
    triangles: int
    tcoord: bool
    colour: bool
    feature: bool
    buildings: int
    image: int | None
    coarse: int
    reach: float
    finish: Finish

    @property
    def spans(self) -> list[tuple[str, int, int]]:
        """Arrays that glTF can read, in order.

        Their name, elements, bytes of an element.
        """
        present = [("POSITION", self.vertices, 12)]
        if self.tcoord:
            present.append(("TEXCOORD_0", self.vertices, 8))
        if self.feature:
            present.append(("_FEATURE_ID_0", self.vertices, 4))
        if self.colour:
            present.append(("COLOR_0", self.vertices, 8))
        if self.triangles:
            present.append(("indices", 3 * self.triangles, 4))
        return present

    @property
    def floats(self) -> int:
        """Count of interleaved floats at its beginning.

        Position, tcoord, feature.
        """
        return self.vertices * (3 + 2 * self.tcoord + self.feature)

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return 4 * self.floats + 8 * self.vertices * self.colour + 12 * (self.triangles + self.coarse)


@dataclass(frozen=True, kw_only=True)
class Header:
    """Table of a tile.

    ``images`` are (media type, bytes).
    """

    centre: Point
    primitives: tuple[PrimitiveHeader, ...]
    images: tuple[tuple[str, int], ...]

    @property
    def table_nbytes(self) -> int:
        return HEAD.size + PART.size * len(self.primitives) + IMAGE.size * len(self.images)

    @property
    def nbytes(self) -> int:
        """Bytes of the table, all arrays and all pictures, the latter padded."""
        arrays = sum(primitive.nbytes for primitive in self.primitives)
        return self.table_nbytes + arrays + sum(padded(size) for _, size in self.images)

    def packed(self) -> bytes:
        """Pack the table."""
        rows = [HEAD.pack(MARK, *self.centre, len(self.primitives), len(self.images))]
        for primitive in self.primitives:
            flags = TCOORD * primitive.tcoord | COLOUR * primitive.colour | FEATURE * primitive.feature
            flags |= _flags(primitive.finish)
            image = 0 if primitive.image is None else primitive.image + 1
            counts = (
                primitive.vertices,
                primitive.triangles,
                flags,
                primitive.buildings,
                image,
                primitive.coarse,
            )
            rows.append(PART.pack(*counts, primitive.reach, primitive.finish.cutoff))
        rows += [IMAGE.pack(IMAGE_TYPES.index(media), size) for media, size in self.images]
        return b"".join(rows)

    @classmethod
    def unpacked(cls, data: memoryview) -> Self:
        """Unpack the header of a binary chunk, to its last byte.

        Raises ValueError where they contradict it.
        """
        if len(data) < HEAD.size or data[:4] != MARK:
            raise ValueError("it is a GLB, and not one of this system")
        _, *centre, primitives, images = HEAD.unpack_from(data)
        start = HEAD.size + PART.size * primitives
        if primitives == 0 or start + IMAGE.size * images > len(data) or not all(map(math.isfinite, centre)):
            raise ValueError("its table is broken")
        found = cls(
            centre=(centre[0], centre[1], centre[2]),
            primitives=tuple(_primitive(data, HEAD.size + PART.size * k, images) for k in range(primitives)),
            images=tuple(_image(data, start + IMAGE.size * k) for k in range(images)),
        )
        if found.nbytes != len(data):
            raise ValueError(f"its table tells of {found.nbytes} bytes and it has {len(data)}")
        return found


def _primitive(data: memoryview, offset: int, images: int) -> PrimitiveHeader:
    vertices, triangles, flags, buildings, image, coarse, reach, cutoff = PART.unpack_from(data, offset)
    tcoord, colour, feature = bool(flags & TCOORD), bool(flags & COLOUR), bool(flags & FEATURE)
    without = (image and not tcoord) or (buildings and not feature)
    if not vertices or image > images or without or not math.isfinite(reach):
        raise ValueError("its table is broken")
    return PrimitiveHeader(
        vertices=vertices,
        triangles=triangles,
        tcoord=tcoord,
        colour=colour,
        feature=feature,
        buildings=buildings,
        image=image - 1 if image else None,
        coarse=coarse,
        reach=reach,
        finish=_finish(flags, cutoff),
    )


def _flags(finish: Finish) -> int:
    across, down = (WRAPS.index(wrap) for wrap in finish.wrap)
    bits = across << ACROSS | down << DOWN | ALPHAS.index(finish.alpha) << ALPHA
    return bits | TWO_SIDED * finish.two_sided


def _finish(flags: int, cutoff: float) -> Finish:
    """Raises ValueError where the flags are none of :func:`_flags`."""
    across, down, alpha = (flags >> bits & 3 for bits in (ACROSS, DOWN, ALPHA))
    if max(across, down, alpha) > 2 or flags >> ALPHA + 2:
        raise ValueError("its table is broken")
    return Finish(
        wrap=(WRAPS[across], WRAPS[down]),
        alpha=ALPHAS[alpha],
        cutoff=cutoff,
        two_sided=bool(flags & TWO_SIDED),
    )


def _image(data: memoryview, offset: int) -> tuple[str, int]:
    media, size = IMAGE.unpack_from(data, offset)
    if media >= len(IMAGE_TYPES) or not size:
        raise ValueError("its table is broken")
    return IMAGE_TYPES[media], size

"""Surfaces in closed form, and what pyramids of them are looked at with."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from meshes.build.surface import TexturedPart, TexturedSurface, build_pyramid
from meshes.tiles import Content, Primitive, TileTree
from twin.arrays import F64, I64, U8

CORNER = np.array([500_000.0, 4_480_000.0, 150.0])


def height(x: F64, y: F64) -> F64:
    """The wavy ground, m."""
    return 6.0 * np.sin(x / 17.0) * np.cos(y / 23.0)


def shades(size: int) -> U8:
    """A picture of soft gradients."""
    y, x = np.mgrid[:size, :size] / size
    bands = (0.5 + 0.5 * np.sin(9 * x), 0.5 + 0.5 * np.cos(7 * y), 0.5 + 0.5 * np.sin(5 * (x + y)))
    return np.round(255 * np.stack(bands, axis=-1)).astype(np.uint8)


def wavy(cells: int, *, side_m: float = 200.0, picture: U8 | None = None) -> TexturedSurface:
    """A square of ``cells`` × ``cells`` × 2 triangles under one picture."""
    along = np.linspace(0.0, side_m, cells + 1)
    x, y = np.meshgrid(along, along)
    index = np.arange(x.size).reshape(x.shape)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    triangles = np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
    position = np.stack([x, y, height(x, y)], axis=-1).reshape(-1, 3) + CORNER
    tcoord = np.stack([x / side_m, 1.0 - y / side_m], axis=-1).reshape(-1, 2)
    return TexturedSurface(
        parts=(
            TexturedPart(
                position=position,
                triangles=triangles.astype(np.int32),
                tcoord=None if picture is None else tcoord.astype(np.float32),
                picture=picture,
            ),
        )
    )


def box(cells: int, *, side_m: float = 20.0) -> tuple[TexturedSurface, U8]:
    """(a cube with six faces of ``cells`` × ``cells`` × 2 triangles, the colour of each face (6, 3)).

    Every face has its own piece of an atlas whose background is black.
    """
    colours = np.array(
        [[250, 60, 60], [60, 250, 60], [60, 60, 250], [240, 240, 60], [240, 60, 240], [60, 240, 240]],
        np.uint8,
    )
    picture = np.zeros((512, 512, 3), np.uint8)
    u, v = np.meshgrid(np.linspace(0, 1, cells + 1), np.linspace(0, 1, cells + 1))
    index = np.arange(u.size).reshape(u.shape)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    quads = np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
    one = np.ones_like(u)
    faces = ((u, v, one), (v, u, 0 * one), (one, u, v), (0 * one, v, u), (v, one, u), (u, 0 * one, v))
    positions, tcoords, triangles = [], [], []
    for k, face in enumerate(faces):
        left, top = 20 + 160 * (k % 3), 30 + 220 * (k // 3)
        picture[top : top + 120, left : left + 120] = colours[k]
        tcoords.append(np.stack([left + 1 + 118 * u, top + 1 + 118 * v], axis=-1).reshape(-1, 2) / 512)
        positions.append(np.stack(face, axis=-1).reshape(-1, 3) * side_m + CORNER)
        triangles.append(quads + k * u.size)
    part = TexturedPart(
        position=np.concatenate(positions),
        triangles=np.concatenate(triangles).astype(np.int32),
        tcoord=np.concatenate(tcoords).astype(np.float32),
        picture=picture,
    )
    return TexturedSurface(parts=(part,)), colours


@dataclass(frozen=True)
class Built:
    """A pyramid in memory."""

    tree: TileTree
    contents: dict[str, Content]

    def content(self, tile: int) -> Content:
        """What was written for a tile."""
        return self.contents[self.tree.content[tile]]

    def corners(self, tile: int) -> F64:
        """(m, 3, 3) float64: the absolute corners of a tile's triangles."""
        return corners(self.content(tile))

    def leaves(self, tile: int = 0) -> list[int]:
        """The leaves under a tile."""
        if not self.tree.child_count[tile]:
            return [tile]
        first = int(self.tree.first_child[tile])
        return [leaf for k in range(self.tree.child_count[tile]) for leaf in self.leaves(first + k)]


def build(surface: TexturedSurface, **options: Any) -> Built:
    """Build into memory."""
    contents: dict[str, Content] = {}

    def write(name: str, content: Content) -> int:
        assert name not in contents
        contents[name] = content
        return content.nbytes

    return Built(build_pyramid(surface, write=write, **options), contents)


def corners(content: Content) -> F64:
    """(m, 3, 3) float64: absolute corners of all triangles."""
    found = [part.position.astype(np.float64)[part.triangles] for part in content.primitives]
    return np.concatenate(found) + np.array(content.centre)


def on_triangles(rng: np.random.Generator, count: int, choices: int) -> tuple[I64, F64]:
    """(triangle (count,), weights of its corners (count, 3)) of random points."""
    weight = rng.dirichlet((1.0, 1.0, 1.0), count)
    return rng.integers(0, choices, count), weight


def image_of(part: Primitive) -> U8:
    """A part's picture."""
    assert part.image is not None
    return np.asarray(Image.open(io.BytesIO(bytes(part.image))).convert("RGB"))


def sampled(picture: U8, tcoord: F64) -> F64:
    """(n, 3) colours of a picture, bilinear, at places (n, 2); the border goes on outwards."""
    height_px, width_px = picture.shape[:2]
    x = np.clip(tcoord[:, 0] * width_px - 0.5, 0, width_px - 1.001)
    y = np.clip(tcoord[:, 1] * height_px - 0.5, 0, height_px - 1.001)
    i, j = np.floor(y).astype(int), np.floor(x).astype(int)
    s, t = (x - j)[:, None], (y - i)[:, None]
    below, beside = np.minimum(i + 1, height_px - 1), np.minimum(j + 1, width_px - 1)
    top = (1 - s) * picture[i, j] + s * picture[i, beside]
    return (1 - t) * top + t * ((1 - s) * picture[below, j] + s * picture[below, beside])


def distances(points: F64, triangles: F64) -> F64:
    """(n,) distance of points (n, 3) to the nearest of triangles (m, 3, 3), by trying all of them."""
    out = np.empty(len(points))
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    normal = np.cross(b - a, c - a)
    size = np.maximum(np.linalg.norm(normal, axis=1), 1e-30)
    for k, point in enumerate(points):
        inside = np.ones(len(a), bool)
        nearest = np.full(len(a), np.inf)
        for p, q in ((a, b), (b, c), (c, a)):
            side, off = q - p, point - p
            inside &= np.einsum("ij,ij->i", np.cross(side, off), normal) >= 0
            along = np.einsum("ij,ij->i", off, side) / np.maximum(np.einsum("ij,ij->i", side, side), 1e-30)
            foot = p + np.clip(along, 0, 1)[:, None] * side
            nearest = np.minimum(nearest, np.linalg.norm(point - foot, axis=1))
        height_off = np.abs(np.einsum("ij,ij->i", point - a, normal)) / size
        out[k] = np.where(inside & (size > 1e-20), np.minimum(nearest, height_off), nearest).min()
    return out


def open_sides(triangles: F64) -> F64:
    """(n, 2, 3): sides that have no other one the other way round, by exact position."""
    ids = np.unique(triangles.reshape(-1, 3), axis=0, return_inverse=True)[1].reshape(-1, 3)
    start, end = ids.ravel(), np.roll(ids, -1, axis=1).ravel()
    count = ids.max() + 1
    alone = ~np.isin(start * count + end, end * count + start)
    return np.stack([triangles.reshape(-1, 3), np.roll(triangles, -1, axis=1).reshape(-1, 3)], axis=1)[alone]

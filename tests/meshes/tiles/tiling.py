"""Small tiles and trees for the tests of ``meshes.tiles``."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from meshes.tiles import Content, Primitive, TileTree
from meshes.tiles.finish import ALPHAS, WRAPS, Finish
from twin.frame import Frame

EAST, NORTH, HEIGHT = 496_000.0, 4_484_000.0, 180.0
FRAME = Frame(crs="EPSG:4548", east=EAST, north=NORTH)
LENGTHS = st.floats(-1e6, 1e6, width=32)


def picture(kind: str = "JPEG", *, size: int = 16) -> bytes:
    """A picture file of ``size`` by ``size`` pixels."""
    shade = np.arange(size * size * 3, dtype=np.uint32).reshape(size, size, 3) % 251
    out = io.BytesIO()
    Image.fromarray(shade.astype(np.uint8)).save(out, kind)
    return out.getvalue()


def sheet(*, image: bytes | None = None, colour: bool = False, feature: bool = False) -> Primitive:
    """A square of two triangles, 20 m wide."""
    corners = [[-10, -10, 0], [10, -10, 1], [10, 10, 2.5], [-10, 10, 0.1]]
    return Primitive(
        position=np.array(corners, np.float32),
        triangles=np.array([[0, 1, 2], [0, 2, 3]], np.int32),
        tcoord=None if image is None else np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32),
        colour=np.array([[255, 0, 0, 255]] * 4, np.uint8) if colour else None,
        feature=np.array([0, 3, 3, 7], np.float32) if feature else None,
        image=image,
    )


def dots() -> Primitive:
    """Five coloured points."""
    return Primitive(
        position=np.arange(15, dtype=np.float32).reshape(5, 3),
        triangles=None,
        colour=np.arange(20, dtype=np.uint8).reshape(5, 4),
    )


def tile(*primitives: Primitive, centre: tuple[float, float, float] = (EAST, NORTH, HEIGHT)) -> Content:
    return Content(centre=centre, primitives=primitives)


@st.composite
def primitives(draw: st.DrawFn) -> Primitive:
    """Any part that may stand in a tile."""
    count, triangles = draw(st.integers(1, 200)), draw(st.integers(0, 20))
    image = draw(st.sampled_from([None, picture("JPEG"), picture("PNG")]))
    tcoord = st.just(True) if image else st.booleans()

    def array(kind: type, shape: tuple[int, ...], elements: st.SearchStrategy[float]) -> np.ndarray:
        return draw(hnp.arrays(kind, shape, elements=elements))

    return Primitive(
        position=array(np.float32, (count, 3), LENGTHS),
        triangles=array(np.int32, (triangles, 3), st.integers(0, count - 1)) if triangles else None,
        tcoord=array(np.float32, (count, 2), st.floats(-4, 4, width=32)) if draw(tcoord) else None,
        colour=array(np.uint8, (count, 4), st.integers(0, 255)) if draw(st.booleans()) else None,
        feature=array(np.float32, (count,), st.integers(0, 9)) if draw(st.booleans()) else None,
        image=image,
        finish=draw(finishes()),
    )


def finishes() -> st.SearchStrategy[Finish]:
    wrap = st.sampled_from(WRAPS)
    return st.builds(
        Finish,
        wrap=st.tuples(wrap, wrap),
        alpha=st.sampled_from(ALPHAS),
        cutoff=st.floats(0, 1, width=32),
        two_sided=st.booleans(),
    )


def contents() -> st.SearchStrategy[Content]:
    lengths = st.floats(-1e7, 1e7)
    return st.builds(
        Content,
        centre=st.tuples(lengths, lengths, lengths),
        primitives=st.lists(primitives(), min_size=1, max_size=3).map(tuple),
    )


def same(one: Content, other: Content) -> bool:
    """Whether two contents hold the same, bit by bit."""

    def raw(primitive: Primitive) -> list[object]:
        arrays = (
            primitive.position,
            primitive.triangles,
            primitive.tcoord,
            primitive.colour,
            primitive.feature,
        )
        image = None if primitive.image is None else bytes(primitive.image)
        written = [None if a is None else repr((a.dtype, a.shape)).encode() + a.tobytes() for a in arrays]
        return [*written, image, primitive.finish]

    return one.centre == other.centre and [*map(raw, one.primitives)] == [*map(raw, other.primitives)]


def put(folder: Path, name: str, content: Content) -> str:
    """Writes a tile under ``folder`` and returns its name."""
    from meshes.tiles import write_glb

    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_glb(path, content)
    return name


def box(low: tuple[float, ...], high: tuple[float, ...]) -> Content:
    """Two triangles that reach into two opposite corners of a box, around its middle."""
    a, b = np.array(low), np.array(high)
    middle = (a + b) / 2
    corners = np.array([a, [b[0], a[1], a[2]], b, [a[0], b[1], b[2]]]) - middle
    position = corners.astype(np.float32)
    return Content(
        centre=(float(middle[0]), float(middle[1]), float(middle[2])),
        primitives=(Primitive(position=position, triangles=np.array([[0, 1, 2], [0, 2, 3]], np.int32)),),
    )


@st.composite
def trees(draw: st.DrawFn, *, largest_m: float = 40_000.0, most: int = 30) -> TileTree:
    """A tree of one root: every child a part of its parent's box, in any order that the rules allow."""
    low = np.array([EAST, NORTH, 0.0]) + [draw(st.floats(-30_000, 30_000)) for _ in range(3)] * np.array(
        [1, 1, 0.01]
    )
    size = [draw(st.floats(10, largest_m)), draw(st.floats(10, largest_m)), draw(st.floats(0, 900))]
    lows, highs, errors, parent = [low], [low + size], [draw(st.floats(0.1, 500))], [-1]
    first, count = [-1], [0]
    open_tiles = [0]
    while open_tiles and len(lows) < most:
        at = open_tiles.pop(draw(st.integers(0, len(open_tiles) - 1)))
        count[at] = draw(st.integers(0, 4))
        first[at] = len(lows) if count[at] else -1
        for _ in range(count[at]):
            ends = np.sort([[draw(st.floats(0, 1)) for _ in range(3)] for _ in range(2)], axis=0)
            # A share of 1 may come out a rounding beyond the parent.
            reach = np.clip(lows[at] + ends * (highs[at] - lows[at]), lows[at], highs[at])
            open_tiles.append(len(lows))
            lows.append(reach[0])
            highs.append(reach[1])
            errors.append(errors[at] * draw(st.floats(0.01, 0.9)))
            parent.append(at)
            first.append(-1)
            count.append(0)
    named = [draw(st.booleans()) for _ in lows]
    return TileTree(
        parent=np.array(parent, np.int32),
        first_child=np.array(first, np.int32),
        child_count=np.array(count, np.int32),
        error_m=np.array(errors),
        low=np.array(lows),
        high=np.array(highs),
        add=np.array([draw(st.booleans()) for _ in lows]),
        content=tuple(f"t/{k}.glb" if has else "" for k, has in enumerate(named)),
        nbytes=np.array([1000 + k if has else 0 for k, has in enumerate(named)], np.int64),
    )


def put_tree(folder: Path, tree: TileTree, **options: float) -> Path:
    """Writes the tree's contents and its tileset."""
    from meshes.tiles import write_tileset

    for name, low, high in zip(tree.content, tree.low, tree.high, strict=True):
        if name:
            put(folder, name, box(tuple(low), tuple(high)))
    return write_tileset(folder, tree, frame=FRAME, **options)


def pair(*, east: float = EAST, side_m: float = 800.0) -> TileTree:
    """A root and the two halves that take its place."""
    low, high = np.array([east, NORTH, 100.0]), np.array([east + side_m, NORTH + side_m, 180.0])
    half = np.array([east + side_m / 2, NORTH + side_m, 180.0])
    return TileTree(
        parent=np.array([-1, 0, 0], np.int32),
        first_child=np.array([1, -1, -1], np.int32),
        child_count=np.array([2, 0, 0], np.int32),
        error_m=np.array([8.0, 0.5, 0.25]),
        low=np.array([low, low, [half[0], low[1], low[2]]]),
        high=np.array([high, half, high]),
        add=np.array([False, False, True]),
        content=("root.glb", "west.glb", "east.glb"),
        nbytes=np.array([10, 20, 30], np.int64),
    )

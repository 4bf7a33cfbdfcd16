"""The tiles' pictures look like the source's, at every level, and nothing of elsewhere comes in."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from meshes.build.surface import TexturedPart, TexturedSurface
from meshes.tiles.finish import Finish
from tests.meshes.build_surface.shapes import (
    CORNER,
    Built,
    box,
    build,
    image_of,
    on_triangles,
    sampled,
    shades,
    wavy,
)
from twin.arrays import F64


def seen(built: Built, tile: int, count: int = 2000) -> tuple[F64, F64]:
    """(absolute places, colours) of random points of a tile's painted part."""
    content = built.content(tile)
    part = next(part for part in content.primitives if part.image is not None)
    assert part.tcoord is not None
    assert part.triangles is not None
    triangle, weight = on_triangles(np.random.default_rng(5), count, len(part.triangles))
    corner = part.triangles[triangle]
    where = np.einsum("nk,nkj->nj", weight, part.position[corner].astype(np.float64)) + content.centre
    return where, sampled(image_of(part), np.einsum("nk,nkj->nj", weight, part.tcoord[corner]))


def test_every_level_shows_the_source_picture() -> None:
    picture = shades(1024)
    built = build(wavy(64, picture=picture), tile_triangles=600, picture_px=256)
    for tile in range(len(built.tree)):
        where, colour = seen(built, tile)
        place = (where - CORNER)[:, :2] / 200.0
        source = sampled(picture, np.stack([place[:, 0], 1 - place[:, 1]], axis=1))
        assert np.abs(colour - source).mean() < 3.0


def test_leaves_keep_every_texel_and_parents_half_of_those_below() -> None:
    built = build(wavy(64, picture=shades(1024)), tile_triangles=600, picture_px=256)
    tree = built.tree
    for tile in range(len(tree)):
        part = built.content(tile).primitives[0]
        height_px, width_px = image_of(part).shape[:2]
        assert max(height_px, width_px) <= 512
        assert height_px * width_px <= (4 if not tree.child_count[tile] else 2) * 256**2
        assert width_px % 16 == height_px % 16 == 0
        assert part.tcoord is not None
        ground = np.ptp(part.position[:, 0])
        texels = np.ptp(part.tcoord[:, 0]) * width_px
        if not tree.child_count[tile]:
            assert texels / ground == pytest.approx(1024 / 200.0, rel=1e-3)
        else:
            fine = 1024 / 200.0 / (texels / ground)
            assert fine == pytest.approx(2 ** round(np.log2(fine)), rel=1e-3)
            assert fine >= 2


def test_a_coarser_picture_counts_in_the_error() -> None:
    flat = wavy(32, picture=shades(1024)).parts[0]
    level = TexturedPart(
        position=flat.position * [1, 1, 0], triangles=flat.triangles, tcoord=flat.tcoord, picture=flat.picture
    )
    built = build(TexturedSurface(parts=(level,)), tile_triangles=600, picture_px=512, texels=8.0)
    parents = np.flatnonzero(built.tree.child_count)
    assert built.tree.error_m[parents].min() == pytest.approx(8 * 2 * 200 / 1024, rel=1e-3)


def test_no_colour_of_another_piece_or_of_the_background_comes_in() -> None:
    surface, colours = box(20)
    built = build(surface, tile_triangles=500, picture_px=256)
    for tile in range(len(built.tree)):
        where, colour = seen(built, tile, 600)
        off = np.abs(colour[:, None].astype(float) - colours[None]).max(axis=2)
        assert np.percentile(off.min(axis=1), 99) < 30, f"tile {built.tree.content[tile]}"
        if not built.tree.child_count[tile]:
            x, y, z = ((where - CORNER) / 20.0).T
            face = np.argmin(np.abs([z - 1, z, x - 1, x, y - 1, y]), axis=0)
            assert (off.argmin(axis=1) == face).mean() > 0.99


def test_houses_of_many_faces_become_few_triangles_of_their_colours() -> None:
    """Two hundred boxes: nothing but seams, so keeping them would leave no triangle to take away."""
    surface, colours = box(1)
    one = surface.parts[0]
    rng = np.random.default_rng(8)
    moves = [np.append(rng.uniform(0, 2000, 2), 0.0) for _ in range(200)]
    village = TexturedSurface(
        parts=(
            TexturedPart(
                position=np.concatenate([one.position + move for move in moves]),
                triangles=np.concatenate([one.triangles + 24 * k for k in range(200)]).astype(np.int32),
                tcoord=np.tile(one.tcoord, (200, 1)) if one.tcoord is not None else None,
                picture=one.picture,
                feature=np.repeat(np.arange(1, 201), 24),
            ),
        )
    )
    built = build(village, tile_triangles=400)
    assert len(built.corners(0)) <= 520
    for tile in range(len(built.tree)):
        _, colour = seen(built, tile, 600)
        off = np.abs(colour[:, None].astype(float) - colours[None]).max(axis=2).min(axis=1)
        assert np.percentile(off, 99) < 30, f"tile {built.tree.content[tile]}"
        for part in built.content(tile).primitives:
            assert part.feature is not None
            assert part.triangles is not None
            assert (np.ptp(part.feature[part.triangles], axis=1) == 0).all(), "a triangle of two buildings"


def test_pieces_that_many_triangles_share_stand_once_in_the_picture() -> None:
    picture = shades(64)
    quad = np.array([[0, 0, 0], [5, 0, 0], [5, 5, 0], [0, 5, 0]], np.float64)
    position = np.concatenate([quad + np.array([7.0 * k, 0, 0]) for k in range(100)]) + CORNER
    part = TexturedPart(
        position=position,
        triangles=np.concatenate([np.array([[0, 1, 2], [0, 2, 3]]) + 4 * k for k in range(100)]).astype(
            np.int32
        ),
        tcoord=np.tile(np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32), (100, 1)),
        picture=picture,
    )
    built = build(TexturedSurface(parts=(part,)), tile_triangles=1000)
    image = image_of(built.content(0).primitives[0])
    assert image.shape[0] * image.shape[1] <= 128 * 80


def test_a_picture_that_repeats_is_unrolled() -> None:
    stripes = np.zeros((16, 16, 3), np.uint8)
    stripes[:, 8:] = 255
    part = TexturedPart(
        position=np.array([[0, 0, 0], [40, 0, 0], [40, 10, 0], [0, 10, 0]]) + CORNER,
        triangles=np.array([[0, 1, 2], [0, 2, 3]], np.int32),
        tcoord=np.array([[-3, 1], [1, 1], [1, 0], [-3, 0]], np.float32),
        picture=stripes,
    )
    built = build(TexturedSurface(parts=(part,)))
    where, colour = seen(built, 0)
    phase = (where - CORNER)[:, 0] % 10.0
    clear = np.minimum(np.abs(phase - 5), np.minimum(phase, 10 - phase)) > 1.3
    assert (np.abs(colour[:, 0] - np.where(phase < 5, 0, 255))[clear] < 60).all()


def test_parts_with_several_pictures_become_one_and_those_without_stay_apart() -> None:
    red, blue = np.full((8, 8, 3), (250, 0, 0), np.uint8), np.full((300, 20, 3), (0, 0, 250), np.uint8)
    quad = np.array([[0, 0, 0], [10, 0, 0], [10, 10, 0], [0, 10, 0]]) + CORNER
    triangles = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    tcoord = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32)
    grey = np.full((4, 4), 90, np.uint8)
    surface = TexturedSurface(
        parts=(
            TexturedPart(position=quad, triangles=triangles, tcoord=tcoord, picture=red),
            TexturedPart(position=quad + np.array([20.0, 0, 0]), triangles=triangles, colour=grey),
            TexturedPart(
                position=quad + np.array([40.0, 0, 0]), triangles=triangles, tcoord=tcoord, picture=blue
            ),
        )
    )
    built = build(surface)
    painted, plain = built.content(0).primitives
    assert plain.image is None
    assert plain.tcoord is None
    assert plain.colour is not None
    assert (plain.colour == 90).all()
    assert painted.colour is not None
    assert (painted.colour == 255).all(), "white lets the picture through as it is"
    where, colour = seen(built, 0)
    wanted = np.where((where - CORNER)[:, :1] < 15, [[250, 0, 0]], [[0, 0, 250]])
    assert np.abs(colour - wanted).max() < 30


def test_alpha_goes_through_every_level_and_what_is_clear_colours_nothing() -> None:
    """Black under the clear half; a plain mean would darken its border more at each level.

    What is seen is of two colours: none of them may tint the other's border either.
    """
    picture = np.zeros((512, 512, 4), np.uint8)
    north, south = (200, 160, 40), (40, 60, 200)
    picture[:256, :256], picture[256:, :256] = (*north, 255), (*south, 255)
    mask = Finish(alpha="mask", cutoff=0.25, two_sided=True)
    (part,) = wavy(48, picture=picture).parts
    built = build(TexturedSurface(parts=(replace(part, finish=mask),)), tile_triangles=600, picture_px=128)
    assert built.tree.child_count.max() > 0
    for tile in range(len(built.tree)):
        (found,) = built.content(tile).primitives
        assert found.finish == replace(mask, wrap=("clamp", "clamp"))
        assert found.image is not None
        with Image.open(io.BytesIO(bytes(found.image))) as opened:
            assert opened.mode == "RGBA"
            pixels = np.asarray(opened)
        assert found.tcoord is not None
        assert found.triangles is not None
        triangle, weight = on_triangles(np.random.default_rng(5), 2000, len(found.triangles))
        corner = found.triangles[triangle]
        where = np.einsum("nk,nkj->nj", weight, found.position[corner].astype(np.float64))
        east = where[:, 0] + built.content(tile).centre[0] - CORNER[0]
        uv = np.einsum("nk,nkj->nj", weight, found.tcoord[corner])
        alpha, colour = sampled(pixels[..., 3:], uv)[:, 0], sampled(pixels[..., :3], uv)
        away = np.abs(east - 100.0) > 8.0
        assert np.abs(alpha - np.where(east < 100.0, 255, 0))[away].max() < 3
        up = where[:, 1] + built.content(tile).centre[1] - CORNER[1] - 100.0
        for side, tone in ((up > 8.0, north), (up < -8.0, south)):
            shown = colour[side & (alpha > 64)]  # of the mask, as near to its border as it goes
            assert np.abs(shown - tone).max(initial=0) < 2


def test_only_what_is_clear_has_a_picture_with_alpha() -> None:
    """A photograph as PNG takes ten times the bytes of a JPEG."""
    (solid,) = wavy(16, picture=shades(256)).parts
    clear = np.dstack([shades(256), np.full((256, 256), 90, np.uint8)])
    (leaves,) = wavy(16, picture=clear).parts
    (plain,) = wavy(16).parts
    tinted = np.full((len(plain.position), 4), (255, 0, 0, 100), np.uint8)
    blend = Finish(alpha="blend")
    parts = (
        solid,
        replace(leaves, position=leaves.position + np.array([300, 0, 0]), finish=blend),
        replace(plain, position=plain.position + np.array([600, 0, 0]), finish=blend, colour=tinted),
    )
    content = build(TexturedSurface(parts=parts)).content(0)
    kinds = [(None if p.image is None else bytes(p.image[:4]), p.finish.alpha) for p in content.primitives]
    assert kinds == [(b"\xff\xd8\xff\xe0", "opaque"), (b"\x89PNG", "blend"), (None, "blend")]
    assert content.primitives[2].colour is not None
    assert content.primitives[2].colour[0].tolist() == [255, 0, 0, 100]

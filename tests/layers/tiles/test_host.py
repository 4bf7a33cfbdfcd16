"""Tiles in VTK: where they are drawn, in which colour, over the ground, under water, and gone when freed."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from layers.stage import Stage
from layers.tiles.host import DrawnTile
from layers.tiles.model_host import ModelHost
from layers.tiles.shader_source import ShaderVariant
from meshes.errors import BadTileError
from meshes.tiles.content import Content, Primitive
from meshes.tiles.finish import Finish, Wrap
from tests.layers.plan import FROM_ABOVE, differ, drawn, map_stage
from tests.layers.seeing import on_screen
from tests.layers.tiles.villages import jpeg, place, png, square, tile
from tests.scenes import show, show_layer
from tests.small import CELL_M
from twin.basin import Basin

OpenStage = Callable[..., Stage]
RED = (210, 30, 40)


class World:
    """A map of the small basin, and a host that draws on it."""

    def __init__(self, stage: Stage, **options: bool) -> None:
        self.stage = stage
        self.host = ModelHost(stage._scenery.context, stage._scenery.raster, **options)

    def add(self, content: Content) -> DrawnTile:
        made = self.host.make(self.host.prepare(content))
        made.show(True)
        return made

    def close(self) -> None:
        for made in list(self.host.tiles):
            self.host.free(made)


@pytest.fixture
def world(basin: Basin, open_stage: OpenStage) -> Iterator[World]:
    with ExitStack() as closing:
        one = World(map_stage(open_stage, basin))
        closing.callback(one.close)
        yield one


def covered(picture: np.ndarray, colour: tuple[int, int, int] = RED, by: int = 12) -> np.ndarray:
    return ~differ(picture, np.array(colour, np.int16), by=by)


def test_a_tile_is_drawn_where_its_centre_says_in_its_pictures_colour(world: World) -> None:
    world.add(tile(square(200.0, image=jpeg(RED)), col=40, row=40, height_m=180.0))
    red = covered(drawn(world.stage))
    rows, cols = np.nonzero(red)
    assert red.sum() == pytest.approx((2 * 2 * 200 / CELL_M) ** 2, rel=0.06)
    assert (rows.mean() + 0.5, cols.mean() + 0.5) == (pytest.approx(80, abs=0.5), pytest.approx(80, abs=0.5))


def test_a_tile_at_the_frames_own_origin_is_drawn_there(world: World) -> None:
    frame = world.stage.basin.frame
    world.add(tile(square(100.0, image=jpeg(RED)), col=40, row=40, height_m=180.0))
    world.add(
        Content(
            centre=(frame.east, frame.north, 0.0),
            primitives=(square(100.0, height_m=185.0, image=jpeg(RED)),),
        )
    )
    col, row = (frame.east - place(0, 0)[0]) / CELL_M, (place(0, 0)[1] - frame.north) / CELL_M
    assert covered(drawn(world.stage))[round(2 * row), round(2 * col)]


def test_a_picture_lies_as_its_coordinates_say_first_row_to_the_north(world: World) -> None:
    pixels = np.zeros((32, 32, 3), np.uint8)
    pixels[:16, :16], pixels[16:, 16:] = (255, 0, 0), (0, 255, 0)
    world.add(tile(square(200.0, image=png(pixels)), col=40, row=40, height_m=180.0))
    picture = drawn(world.stage)
    assert covered(picture[74:76, 74:76], (255, 0, 0)).all(), "north-west"
    assert covered(picture[86:88, 86:88], (0, 255, 0)).all(), "south-east"


def quarters(north_west: tuple[int, ...], others: tuple[int, ...]) -> bytes:
    """A picture whose first quarter has a colour of its own."""
    pixels = np.full((32, 32, len(others)), others, np.uint8)
    pixels[:16, :16] = north_west
    return png(pixels)


@pytest.mark.parametrize(
    ("wrap", "shown"),
    [
        (("clamp", "clamp"), "RGGG GGGG"),
        (("repeat", "repeat"), "RGRG RGRG"),
        (("mirror", "repeat"), "RGGR RGGR"),
    ],
)
def test_a_picture_goes_on_beyond_its_edges_as_its_wrap_says(
    wrap: tuple[Wrap, Wrap], shown: str, world: World
) -> None:
    """Twice the picture from west to east and from north to south, read along the first and third quarter."""
    part = square(200.0, image=quarters((255, 0, 0), (0, 255, 0)))
    assert part.tcoord is not None
    part = replace(part, tcoord=2 * part.tcoord, finish=Finish(wrap=wrap))
    world.add(tile(part, col=40, row=40, height_m=180.0))
    picture = drawn(world.stage)
    middles = (67, 75, 83, 91)  # rows and columns in the middle of eighths
    letters = [
        "R" if covered(picture[row : row + 2, col : col + 2], (255, 0, 0)).all() else "G"
        for row in (middles[0], middles[2])
        for col in middles
    ]
    assert "".join(letters) == shown.replace(" ", "")


def test_colours_are_multiplied_with_the_picture(world: World) -> None:
    part = square(200.0, image=jpeg((200, 100, 50)))
    colour = np.full((len(part.position), 4), (128, 255, 0, 0), np.uint8)  # opaque: alpha says nothing
    world.add(tile(replace(part, colour=colour), col=40, row=40, height_m=180.0))
    assert covered(drawn(world.stage), (100, 100, 0), by=14)[66:94, 66:94].all()


@pytest.mark.parametrize("cutoff", [0.3, 0.5])
def test_what_is_masked_shows_what_lies_behind_it(cutoff: float, world: World) -> None:
    without = drawn(world.stage)
    part = square(200.0, image=quarters((255, 0, 0, 255), (0, 0, 255, 102)))  # 0.4
    finish = Finish(wrap=("clamp", "clamp"), alpha="mask", cutoff=cutoff)
    world.add(tile(replace(part, finish=finish), col=40, row=40, height_m=180.0))
    picture = drawn(world.stage)
    assert covered(picture, (255, 0, 0))[66:78, 66:78].all()
    assert covered(picture, (0, 0, 255))[84:94, 84:94].all() == (cutoff < 0.4)
    assert differ(without, picture)[84:94, 84:94].any() == (cutoff < 0.4)


@pytest.mark.parametrize("kind", ["picture", "colours", "both"])
def test_what_is_blended_lets_its_share_of_the_pixels_through(kind: str, world: World) -> None:
    part = square(200.0, image=quarters((*RED, 128), (*RED, 128)) if kind != "colours" else None)
    alpha = {"picture": None, "colours": 128, "both": 128}[kind]
    rgb = RED if kind == "colours" else (255, 255, 255)
    colour = None if alpha is None else np.full((len(part.position), 4), (*rgb, alpha), np.uint8)
    part = replace(part, colour=colour, finish=Finish(wrap=("clamp", "clamp"), alpha="blend"))
    world.add(tile(part, col=40, row=40, height_m=180.0))
    share = covered(drawn(world.stage))[66:94, 66:94].mean()
    assert share == pytest.approx(0.25 if kind == "both" else 0.5, abs=0.02)
    world.host.shaders.fade(0.5)
    assert covered(drawn(world.stage))[66:94, 66:94].mean() == pytest.approx(share / 2, abs=0.03)


@pytest.mark.parametrize("kind", ["colours", "plain", "points"])
def test_what_has_no_picture_is_drawn_in_its_colours(kind: str, world: World) -> None:
    flat = square(200.0, steps=40)
    colour = np.full((len(flat.position), 4), (*RED, 255), np.uint8)
    part = {
        "colours": Primitive(position=flat.position, triangles=flat.triangles, colour=colour),
        "plain": flat,
        "points": Primitive(position=flat.position, triangles=None, colour=colour),
    }[kind]
    world.add(tile(part, col=40, row=40, height_m=180.0))
    expected = (0xB9, 0xB2, 0xA6) if kind == "plain" else RED
    assert covered(drawn(world.stage), expected)[62:98, 62:98].all()


def test_a_tile_wins_over_the_ground_it_lies_on_and_not_over_what_hides_it(world: World) -> None:
    without = drawn(world.stage)
    lying = world.add(tile(square(200.0, image=jpeg(RED)), col=20, row=20, height_m=170.0))
    assert covered(drawn(world.stage))[22:58, 22:58].all()
    lying.show(False)
    world.add(tile(square(200.0, image=jpeg(RED)), col=20, row=20, height_m=100.0))
    assert not differ(without, drawn(world.stage)).any()


@pytest.mark.parametrize("kind", ["picture", "colours"])
def test_what_stands_in_the_flood_is_tinted_and_what_rises_above_it_is_not(kind: str, world: World) -> None:
    """The lake reaches 600 m at 150 m; a tile that slopes from west to east leaves the water half-way."""
    show(world.stage, level_m=150.0)
    flat = square(200.0, steps=40, image=jpeg(RED) if kind == "picture" else None)
    slope = flat.position.copy()
    slope[:, 2] = slope[:, 0] / 100.0  # 148 m to 152 m
    colour = None if kind == "picture" else np.full((len(slope), 4), (*RED, 255), np.uint8)
    part = Primitive(
        position=slope, triangles=flat.triangles, tcoord=flat.tcoord, image=flat.image, colour=colour
    )
    world.add(tile(part, col=100, row=70, height_m=150.0))
    picture = drawn(world.stage)[122:158, 180:220]
    red = covered(picture, by=4)
    assert red[:, 21:].all(), "dry"
    assert not red[:, :19].any(), "wet"
    bluer = picture[..., 2] - picture[..., 0]
    assert bluer[:, 2].mean() > bluer[:, 18].mean() > -120, "the deeper the bluer"
    show_layer(world.stage, "water", visible=False)
    assert covered(drawn(world.stage)[122:158, 180:220], by=4).all()


def test_a_tile_has_waters_shader_only_while_water_is_on_it_and_looks_the_same(world: World) -> None:
    """From 148 m to 152 m, in the lake: wet from 148 m on, in a pocket as well."""
    flat = square(200.0, steps=40, image=jpeg(RED))
    slope = flat.position.copy()
    slope[:, 2] = slope[:, 0] / 100.0
    part = Primitive(position=slope, triangles=flat.triangles, tcoord=flat.tcoord, image=flat.image)
    made = world.add(tile(part, col=100, row=70, height_m=150.0))
    (actor,) = made.actors
    wet = world.host.shaders.of(ShaderVariant(pictured=True, water=True))
    floods = [(147.9, 147.9), (148.1, 148.1), (151, 151), (147.0, 151.0), (140.0, 140.0)]  # a page sends ints
    for level_m, highest_m in floods:
        show(world.stage, level_m=level_m, highest_m=highest_m)
        world.host.update_shaders()
        assert (actor.GetShaderProperty() is wet) == (highest_m > 148.0)
        picture = drawn(world.stage)
        actor.SetShaderProperty(wet)
        assert not differ(picture, drawn(world.stage), by=0).any(), (level_m, highest_m)


def test_low_ground_that_water_has_not_reached_is_dry(world: World) -> None:
    """Below the dam the ground lies far under the lake's level."""
    show(world.stage, level_m=155.0)
    world.add(tile(square(100.0, image=jpeg(RED)), col=100, row=142, height_m=126.0))
    assert covered(drawn(world.stage), by=4)[276:292, 192:208].all()


def test_a_faded_tile_lets_its_share_of_the_pixels_through(world: World) -> None:
    world.add(tile(square(200.0, image=jpeg(RED)), col=40, row=40, height_m=180.0))
    for opacity in (1.0, 0.75, 0.5, 0.25, 0.0):
        world.host.shaders.fade(opacity)
        share = covered(drawn(world.stage))[64:96, 64:96].mean()
        assert share == pytest.approx(opacity, abs=0.01)


def test_triangles_seen_from_behind_are_drawn_for_foreign_models_only(
    basin: Basin, open_stage: OpenStage
) -> None:
    part = square(200.0, image=jpeg(RED))
    turned = Primitive(
        position=part.position, triangles=part.triangles[:, ::-1].copy(), tcoord=part.tcoord, image=part.image
    )
    for two_sided in (True, False):
        world = World(map_stage(open_stage, basin), two_sided=two_sided)
        world.add(tile(turned, col=40, row=40, height_m=180.0))
        assert covered(drawn(world.stage)).any() == two_sided
        world.close()


def test_exaggerated_tiles_stand_on_the_exaggerated_ground(world: World) -> None:
    """Seen level from the south, a tile 300 m up is as high in the picture as a point there."""
    stage = world.stage
    world.add(tile(square(200.0, image=jpeg(RED)), col=100, row=70, height_m=500.0))
    low = {"pitch_deg": -20.0, "target_m": 200.0, "distance_m": 9000.0, "view_angle_deg": 30.0}
    show(stage, camera=FROM_ABOVE.model_copy(update=low))
    rows = {}
    for factor in (1.0, 3.0):
        world.host.exaggerate(factor)
        show(stage, exaggeration=factor)
        rows[factor] = np.nonzero(covered(drawn(stage)))[0]
        assert len(rows[factor]) > 20
    east, north = place(100, 70)
    _, y = on_screen(stage, east, north, 500.0)
    assert rows[3.0].mean() == pytest.approx(y * stage.size[1], abs=3)
    assert rows[3.0].mean() < rows[1.0].mean() - 10


def test_a_freed_tile_is_gone_and_the_water_stays(world: World) -> None:
    show(world.stage, level_m=150.0)
    before = drawn(world.stage)
    for _ in range(3):
        made = world.add(tile(square(200.0, image=jpeg(RED)), col=100, row=70, height_m=149.0))
        assert differ(before, drawn(world.stage)).any()
        world.host.free(made)
        assert not made.actors
        assert not differ(before, drawn(world.stage), by=0).any()


def test_a_triangle_that_names_no_vertex_is_refused(world: World) -> None:
    for wrong in (25, -1):
        part = square(10.0)
        corners = part.triangles.copy()
        corners[3, 1] = wrong
        bad = Primitive(position=part.position, triangles=corners)
        with pytest.raises(BadTileError, match="25"):
            world.host.prepare(tile(bad, col=4, row=4, height_m=180.0))


def test_what_was_freed_takes_no_memory(world: World) -> None:
    """Sixty tiles with a picture of 0.7 MB each, one after the other."""
    noise = np.random.default_rng(7).integers(0, 255, (512, 512, 3), dtype=np.uint8)
    prepared = world.host.prepare(tile(square(200.0, image=png(noise)), col=40, row=40, height_m=180.0))

    def rounds(count: int) -> int:
        for _ in range(count):
            made = world.host.make(prepared)
            made.show(True)
            world.stage.window.Render()
            world.host.free(made)
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

    before = rounds(10)
    assert rounds(60) - before < 20e6

"""The connection level against scikit-image, against labelling, and against small worlds by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage
from skimage.morphology import reconstruction

from twin.water.centimetres import NO_GROUND_CM
from twin.water.connection import NoSeedCellError, connection_level
from twin.water.walls import FaceWalls

CROSS = ndimage.generate_binary_structure(2, 1)
UNHURRIED = settings(deadline=None)  # the first call compiles
BOX = ndimage.generate_binary_structure(2, 2)

shapes = st.tuples(st.integers(1, 9), st.integers(1, 9))
grounds = shapes.flatmap(lambda shape: arrays(np.int32, shape, elements=st.integers(0, 12)))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[np.ndarray, tuple[int, int], int]:
    """A small ground, a seed on it, and a connectivity."""
    ground = draw(grounds)
    seed = (draw(st.integers(0, ground.shape[0] - 1)), draw(st.integers(0, ground.shape[1] - 1)))
    return ground, seed, draw(st.sampled_from([4, 8]))


def reconstructed(ground: np.ndarray, seed: tuple[int, int], connectivity: int) -> np.ndarray:
    marker = np.full_like(ground, ground.max())
    marker[seed] = ground[seed]
    footprint = CROSS if connectivity == 4 else BOX
    return reconstruction(marker, ground, method="erosion", footprint=footprint).astype(np.int32)


@UNHURRIED
@given(worlds())
def test_it_equals_reconstruction_by_erosion(world):
    ground, seed, connectivity = world
    level = connection_level(ground, seed=seed, cap_cm=100, connectivity=connectivity)
    assert (level == reconstructed(ground, seed, connectivity)).all()
    assert (level >= ground).all()
    assert level[seed] == ground[seed]


@UNHURRIED
@given(worlds())
def test_the_flood_at_any_level_is_the_seeds_component(world):
    ground, seed, connectivity = world
    level = connection_level(ground, seed=seed, cap_cm=100, connectivity=connectivity)
    for water in range(14):
        labels, _ = ndimage.label(ground <= water, structure=CROSS if connectivity == 4 else BOX)
        component = (labels == labels[seed]) & (labels[seed] > 0)
        assert ((level <= water) == component).all()


@UNHURRIED
@given(worlds(), st.data())
def test_lowering_a_cell_never_raises_a_level(world, data):
    ground, seed, connectivity = world
    cell = tuple(data.draw(st.integers(0, n - 1)) for n in ground.shape)
    lower = ground.copy()
    lower[cell] -= data.draw(st.integers(1, 12))
    before = connection_level(ground, seed=seed, cap_cm=100, connectivity=connectivity)
    after = connection_level(lower, seed=seed, cap_cm=100, connectivity=connectivity)
    assert (after <= before).all()


@UNHURRIED
@given(worlds(), st.integers(1, 14))
def test_a_cap_cuts_and_changes_nothing_below(world, cap):
    ground, seed, connectivity = world
    full = connection_level(ground, seed=seed, cap_cm=100, connectivity=connectivity)
    if ground[seed] >= cap:
        with pytest.raises(NoSeedCellError, match="not below the cap"):
            connection_level(ground, seed=seed, cap_cm=cap, connectivity=connectivity)
        return
    capped = connection_level(ground, seed=seed, cap_cm=cap, connectivity=connectivity)
    assert (capped == np.where(full < cap, full, np.maximum(ground, cap))).all()


@UNHURRIED
@given(worlds(), st.data())
def test_walls_on_faces_equal_thin_dams_on_a_finer_grid(world, data):
    """Oracle: every cell becomes 2 × 2 with the faces as cells between, flooded without walls."""
    ground, seed, connectivity = world
    rows, cols = ground.shape
    crests = st.sampled_from([-5, -5, -5, 3, 7, 11, 15])
    east = data.draw(arrays(np.int32, ground.shape, elements=crests))
    south = data.draw(arrays(np.int32, ground.shape, elements=crests))
    walls = FaceWalls(east=east, south=south)
    level = connection_level(ground, seed=seed, cap_cm=100, connectivity=connectivity, walls=walls)

    fine = np.full((2 * rows - 1, 2 * cols - 1), 99, np.int32)
    fine[::2, ::2] = ground
    fine[::2, 1::2] = east[:, :-1]
    fine[1::2, ::2] = south[:-1, :]
    if connectivity == 8:  # a corner is passed by the lower of its two ways, never lower than its faces
        around = [
            np.minimum(
                np.maximum(fine[:-2:2, 1:-1:2], fine[1:-1:2, 2::2]),
                np.maximum(fine[1:-1:2, :-2:2], fine[2::2, 1:-1:2]),
            ),
            np.minimum(
                np.maximum(fine[:-2:2, 1:-1:2], fine[1:-1:2, :-2:2]),
                np.maximum(fine[1:-1:2, 2::2], fine[2::2, 1:-1:2]),
            ),
        ]
        expected = _relaxed(ground, seed, east, south, around)
    else:
        expected = connection_level(fine, seed=(2 * seed[0], 2 * seed[1]), cap_cm=100)[::2, ::2]
    assert (level == expected).all()


def _relaxed(ground, seed, east, south, around):
    """Minimax levels by plain relaxation until nothing changes."""
    level = np.full(ground.shape, 99, np.int32)
    level[seed] = ground[seed]
    everything, first, last = slice(None), slice(None, -1), slice(1, None)
    faces = [
        ((everything, first), (everything, last), east[:, :-1]),
        ((first, everything), (last, everything), south[:-1, :]),
        ((first, first), (last, last), around[0]),
        ((first, last), (last, first), around[1]),
    ]
    while True:
        before = level.copy()
        for here, there, crest in faces:
            for a, b in ((here, there), (there, here)):
                level[b] = np.minimum(level[b], np.maximum(np.maximum(level[a], ground[b]), crest))
        if (level == before).all():
            return level


def test_a_crest_above_all_ground_is_still_overtopped_at_its_own_level():
    ground = np.zeros((1, 4), np.int32)
    walls = FaceWalls.none(ground.shape)
    walls.east[0, 1] = 50
    level = connection_level(ground, seed=(0, 0), cap_cm=100, walls=walls)
    assert level.tolist() == [[0, 0, 50, 50]]
    level = connection_level(ground, seed=(0, 0), cap_cm=40, walls=walls)
    assert level.tolist() == [[0, 0, 40, 40]]


def test_cells_without_survey_hold_water_back_and_carry_the_cap():
    ground = np.array([[0, NO_GROUND_CM, 0], [0, NO_GROUND_CM, 700]], np.int32)
    level = connection_level(ground, seed=(0, 0), cap_cm=500)
    assert level.tolist() == [[0, 500, 500], [0, 500, 700]]


def test_several_seeds_flood_each_from_its_own_ground():
    ground = np.array([[3, 9, 1, 9, 2]], np.int32)
    level = connection_level(ground, seed=[(0, 4), (0, 0), (0, 0)], cap_cm=100)
    assert level.tolist() == [[3, 9, 9, 9, 2]]


@pytest.mark.parametrize(
    ("seed", "words"),
    [
        ((5, 0), "outside the raster"),
        ((0, -1), "outside the raster"),
        ((1, 1), "without survey"),
        ((0, 1), "not below the cap"),
        ([], "no seed is given"),
    ],
)
def test_a_seed_that_cannot_flood_is_refused_in_one_line(seed, words):
    ground = np.array([[0, 900], [0, NO_GROUND_CM]], np.int32)
    with pytest.raises(NoSeedCellError, match=words) as caught:
        connection_level(ground, seed=seed, cap_cm=500)
    assert "\n" not in str(caught.value)


def test_memory_order_does_not_matter():
    ground = np.random.default_rng(5).integers(0, 50, (40, 30), dtype=np.int32)
    level = connection_level(ground, seed=(3, 4), cap_cm=100, connectivity=8)
    assert (
        connection_level(np.asfortranarray(ground), seed=(3, 4), cap_cm=100, connectivity=8) == level
    ).all()

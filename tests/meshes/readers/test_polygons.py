"""Faces of any outline are covered once, by triangles that turn as they do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshes.readers.sandbox import obj, polygons

F64 = np.ndarray[tuple[int, int], np.dtype[np.float64]]

U = [(5, 10), (5, 30), (0, 30), (0, 0), (30, 0), (30, 30), (25, 30), (25, 10)]
KEYHOLE = [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0), (3, 3), (3, 6), (6, 6), (6, 3), (3, 3)]
COMB = [
    (0, 0),
    *((x + d, y) for x in range(0, 400, 2) for d, y in ((0, 9), (1, 9), (1, 1), (2, 1))),
    (400, 0),
]
OUTLINES = {
    "courtyard": (U, 500.0),
    "courtyard the other way": (U[::-1], 500.0),
    "a hole on a bridge": (KEYHOLE, 91.0),
    "corners told twice": ([point for point in U for _ in range(2)], 500.0),
    "closed by its first corner": ([*U, U[0]], 500.0),
    "corners within a side": ([(0, 0), (5, 0), (10, 0), (10, 10), (5, 5), (0, 10)], 75.0),
    "an arrow": ([(0, 0), (4, 2), (8, 0), (4, 8)], 24.0),
    "an arrow from its bay": ([(4, 2), (8, 0), (4, 8), (0, 0)], 24.0),
    "a comb of 802 corners": (COMB, 400.0 + 200 * 8),
    "a square": ([(0, 0), (2, 0), (2, 2), (0, 2)], 4.0),
    "nothing": ([(0, 0), (1, 1), (2, 2), (3, 3)], 0.0),
}
PLANES = [np.eye(3), np.eye(3)[[2, 0, 1]], np.linalg.qr(np.arange(9).reshape(3, 3) ** 2 + 1.0)[0]]


def normals(place: F64, triangles: np.ndarray[tuple[int, int, int], np.dtype[np.int32]]) -> F64:
    """(t, 3): direction and twice the area of each triangle."""
    a, b, c = (place[triangles[:, k, 0]] for k in range(3))
    return np.cross(b - a, c - a)


def covered_once(outline: list[tuple[float, float]], area: float, plane: F64) -> None:
    place = (np.array([(*point, 7.0) for point in outline], float) @ plane) + [4.1e5, 4.48e6, 150]
    corners = np.stack([np.arange(len(outline))] * 2, axis=1)[None].astype(np.int32)
    triangles, crossed = polygons.cut(corners, place)
    found = normals(place, triangles)
    whole = found.sum(axis=0)
    assert crossed == 0
    assert np.linalg.norm(whole) / 2 == pytest.approx(area, abs=1e-5)
    # No triangle turns back, so none lies over another.
    assert np.linalg.norm(found, axis=1).sum() / 2 == pytest.approx(area, abs=1e-5)
    newell = np.cross(place - place[0], np.roll(place - place[0], -1, axis=0)).sum(axis=0)
    assert whole == pytest.approx(newell, abs=1e-4)
    assert (triangles[:, :, 0] == triangles[:, :, 1]).all()


@pytest.mark.parametrize("name", OUTLINES)
@pytest.mark.parametrize("plane", range(len(PLANES)))
def test_an_outline_is_covered_once(name: str, plane: int) -> None:
    covered_once(*OUTLINES[name], PLANES[plane])


@given(radii=st.lists(st.floats(0.2, 5), min_size=4, max_size=40), turn=st.integers(0, 2))
def test_every_star_is_covered_once(radii: list[float], turn: int) -> None:
    angle = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    x, y = np.array(radii) * (np.cos(angle), np.sin(angle))
    area = float(np.dot(x, np.roll(y, -1)) - np.dot(np.roll(x, -1), y)) / 2
    covered_once(list(zip(x.tolist(), y.tolist(), strict=True)), area, PLANES[turn])


def test_a_face_that_crosses_itself_is_told_and_kept() -> None:
    bows = [[(0, 0), (1, 1), (1, 0), (0, 1)], [(0, 0), (4, 4), (4, 0), (0, 4), (-1, 2)]]
    for bow in bows:
        corners = np.arange(len(bow), dtype=np.int32)[None, :, None]
        triangles, crossed = polygons.cut(corners, np.array([(*point, 0) for point in bow], float))
        assert len(triangles) == len(bow) - 2
        assert crossed == 1


def test_a_bent_roof_with_a_bay_keeps_its_corners(tmp_path: Path) -> None:
    heights = [0, 1, 0, 0, 0.5, 0, 0, 0]
    lines = [f"v {x} {y} {z}" for (x, y), z in zip(U, heights, strict=True)]
    (tmp_path / "a.obj").write_text("\n".join([*lines, "f 1 2 3 4 5 6 7 8", "f 8 7 6 5 4 3 2 1", "f 1 2 3"]))
    (part,), _, notes = obj.read(tmp_path / "a.obj", root=tmp_path)
    x, y, z = normals(part.position, part.triangles[:, :, None]).T / 2
    assert notes == []
    assert z[z < 0].sum() == pytest.approx(-500)
    assert z[z > 0].sum() == pytest.approx(500 + 50)
    assert np.isfinite(x + y).all()


@pytest.mark.real
def test_the_case_of_a_courtyard_has_500_m2(shared: Path) -> None:
    folder = shared / "cases/15-obj-concave/m"
    (part,), _, notes = obj.read(folder / "a.obj", root=folder)
    found = normals(part.position, part.triangles[:, :, None]) / 2
    assert np.linalg.norm(found, axis=1).sum() == pytest.approx(500)
    assert notes == []

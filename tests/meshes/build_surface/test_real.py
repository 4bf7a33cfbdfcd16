"""A delivered OBJ: walls under one picture, a road under another, ground without any."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from meshes.build.surface import TexturedPart, TexturedSurface
from tests.meshes.build_surface.shapes import build


@pytest.mark.real
def test_an_aerial_model_becomes_a_pyramid(shared: Path) -> None:
    import trimesh

    scene = trimesh.load_scene(shared / "meshes" / "aerial_obj" / "Untitled.obj", process=False)
    parts = []
    for shape in scene.geometry.values():
        picture = shape.visual.material.image
        place = np.asarray(shape.visual.uv) * [1, -1] + [0, 1]
        parts.append(
            TexturedPart(
                position=np.asarray(shape.vertices, np.float64),
                triangles=np.asarray(shape.faces, np.int32),
                tcoord=None if picture is None else place.astype(np.float32),
                picture=None if picture is None else np.asarray(picture.convert("RGB")),
            )
        )
    built = build(TexturedSurface(parts=tuple(parts)), tile_triangles=2000)
    tree = built.tree
    source = sum(len(part.triangles) for part in parts)
    assert 0.99 * source <= sum(len(built.corners(leaf)) for leaf in built.leaves()) <= source
    assert len(built.corners(0)) <= 2500
    assert (tree.error_m[1:] < tree.error_m[tree.parent[1:]]).all()
    assert all(len(content.primitives) <= 2 for content in built.contents.values())

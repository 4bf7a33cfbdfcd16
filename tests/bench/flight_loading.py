"""Loading tiles: ours, until only OpenGL has to take them, beside trimesh and VTK's reader on the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import trimesh
from vtkmodules.vtkCommonCore import vtkLogger
from vtkmodules.vtkIOGeometry import vtkGLTFReader

from layers.gl.window import OffScreen
from layers.light import LIGHT, WATER
from layers.scene_layers import SceneLayers
from layers.tiles.model_host import ModelHost
from meshes.tiles import map_glb
from twin.basin import Basin

FILES = 60


def tile_files(basin: Basin, *, count: int = FILES) -> list[Path]:
    """Up to ``count`` of the basin's GLBs, spread evenly over all of them."""
    every = sorted(
        file for model in basin.models() for folder in model.folders for file in folder.rglob("*.glb")
    )
    chosen = np.unique(np.linspace(0, len(every) - 1, min(count, len(every))).astype(int))
    return [every[i] for i in chosen]


def megabytes_per_s(basin: Basin, files: Sequence[Path]) -> dict[str, float]:
    """Of each way to load the files, MB of them a second, in one thread and from a warm disk.

    ``ours`` decodes the pictures and makes their smaller sizes; ``mapped`` leaves them as they are, and so
    does ``trimesh``, where ``decoded`` looks at them too. ``vtk`` decodes them.
    """
    scenery = SceneLayers(basin, target=OffScreen((64, 64)), ground=None, light=LIGHT, water_colours=WATER)
    host = ModelHost(scenery.context, scenery.raster)

    def ours(file: Path) -> None:
        host.prepare(map_glb(file))

    ways: dict[str, Callable[[Path], object]] = {
        "ours": ours,
        "mapped": map_glb,
        "trimesh": trimesh.load,
        "decoded": _decoded,
        "vtk": _vtk,
    }
    spent = dict.fromkeys(ways, 0.0)
    for counts in (False, True):
        for file in files if counts else files[:3]:
            for name, load in ways.items():
                start = time.perf_counter()
                load(file)
                spent[name] += (time.perf_counter() - start) * counts
    scenery.close()
    megabytes = sum(file.stat().st_size for file in files) / 1e6
    return {name: megabytes / seconds for name, seconds in spent.items()}


def _decoded(file: Path) -> None:
    for mesh in trimesh.load(file).geometry.values():
        picture = getattr(getattr(mesh.visual, "material", None), "baseColorTexture", None)
        if picture is not None:
            picture.load()


def _vtk(file: Path) -> None:
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_OFF)  # a line for every file with feature ids
    reader = vtkGLTFReader()
    reader.SetFileName(str(file))
    reader.Update()

"""Show a scene's water, or two levels in one picture."""

from __future__ import annotations

from vtkmodules.vtkRenderingCore import vtkRenderWindow

from layers.gl.window import pixels
from layers.ground.water import WaterLayer
from twin.arrays import U8
from twin.scene import Scene


def show_water(water: WaterLayer, scene: Scene, *, error_m: float) -> None:
    """Show the moment's flood with its marks.

    ``error_m`` is the heights' vertical error.
    """
    marks = scene.marks
    water.show(
        level_m=scene.moment.level_m,
        highest_m=scene.moment.highest_m,
        possible_m=error_m if marks.uncertain else 0.0,
        compare_m=marks.compared_m if marks.swipe is None else None,
    )


def drawn(
    window: vtkRenderWindow, water: WaterLayer, scene: Scene, *, error_m: float, widened: float = 1.0
) -> U8:
    """Render the window and read it, (height, width, 4) uint8.

    Left of a swipe the water is at the level compared with: that takes a second render, so that models, lines
    and marks are of that level too. ``widened`` is how many times the scene's view the window shows.
    """
    marks, left = scene.marks, None
    if marks.swipe is not None and marks.compared_m is not None:
        water.show(level_m=marks.compared_m, possible_m=error_m if marks.uncertain else 0.0)
        window.Render()
        left = pixels(window)
        show_water(water, scene, error_m=error_m)
    window.Render()
    frame = pixels(window)
    if left is not None and marks.swipe is not None:
        share = min(1.0, max(0.0, 0.5 + (marks.swipe - 0.5) / widened))
        column = round(frame.shape[1] * share)
        frame[:, :column] = left[:, :column]
    return frame

"""Fill areas on the ground by a texture of cells."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLTexture

from layers.gl.textures import texture
from layers.gl.uniforms import rgb
from layers.ground.shaders import AreaStyle
from layers.model import AreaCells

STRENGTH, TINT = 0.45, 0.28
"""Share of the ground's colour that areas of an opaque layer take: by class, and mere tints of neighbours."""


class AreaFill:
    """Texture and style of the areas of one data set."""

    def __init__(self, cells: AreaCells, *, number: int, window: vtkRenderWindow) -> None:
        self._file, self._window = cells.file, window
        self._texture: vtkOpenGLTexture | None = None
        self.strength = STRENGTH if any(text["zh"] for _, text in cells.classes) else TINT
        self.style = AreaStyle(
            number=number,
            colours=tuple(rgb(colour) for colour, _ in cells.classes),
            start=cells.start,
            finer=cells.finer,
        )

    @property
    def sampler(self) -> str:
        """Name of the texture in the shader."""
        return f"areaRaster{self.style.number}"

    @property
    def texture(self) -> vtkOpenGLTexture:
        if self._texture is None:
            self._texture = texture(np.load(self._file), self._window)
        return self._texture

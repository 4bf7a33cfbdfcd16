"""Textured surfaces into pyramids of tiles."""

from meshes.build.surface.pyramid import build_pyramid
from meshes.build.surface.textured_surface import TexturedPart, TexturedSurface

__all__ = ["TexturedPart", "TexturedSurface", "build_pyramid"]

"""Textured surfaces into pyramids of tiles."""

from meshes.build.surface.pyramid import build_pyramid
from meshes.build.surface.surface import Surface, SurfacePart

__all__ = ["Surface", "SurfacePart", "build_pyramid"]

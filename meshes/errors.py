"""What can go wrong with geometry."""

from __future__ import annotations

from twin.errors import TwinError


class MeshError(TwinError):
    """Base of everything the package ``meshes`` raises on purpose."""


class NoGroundError(MeshError):
    """The terrain has no cell with a height, so there is nothing to make a mesh of."""

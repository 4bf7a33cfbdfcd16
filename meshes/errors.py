"""What can go wrong with geometry."""

from __future__ import annotations

from twin.errors import TwinError


class MeshError(TwinError):
    """Base of everything the package ``meshes`` raises on purpose."""


class NoGroundError(MeshError):
    """The terrain has no cell with a height, so there is nothing to make a mesh of."""


class ForeignFileError(MeshError):
    """A mesh, point cloud or tileset made by others cannot be used; ``path`` is its file."""


class MissingForeignError(ForeignFileError):
    """There is no such file, or it may not be read."""


class DamagedError(ForeignFileError):
    """The file is cut off, contradicts itself, or is not of the format it claims to be."""


class UnsupportedError(ForeignFileError):
    """The file is sound, but uses something that is not read; the message names it."""


class UnsafeUriError(ForeignFileError):
    """A name in the file leads out of its folder or to a network."""


class OverLimitError(ForeignFileError):
    """Reading would take more memory, time, tiles or pixels than it may, or crashed the reader."""


class MissingToolError(ForeignFileError):
    """A program that reads this format is not installed."""


class BadTileError(MeshError):
    """A tile's file, or what is to be written into it, is not a tile as this system keeps them."""


class BadTilesetError(MeshError):
    """A tileset, on disk or as arrays, breaks the rules that streaming relies on."""


class BadSurfaceError(MeshError):
    """A surface's arrays do not fit together, or hold what is not a number."""


class EmptySurfaceError(MeshError):
    """A surface has no triangle with an area, so there is nothing to build."""


class TilePictureError(MeshError):
    """A tile's picture is neither JPEG nor PNG, is broken, or is larger than anything we would show."""


class PrefixError(MeshError):
    """A tileset is streamed already under this prefix, or none is."""


class PlacementError(MeshError):
    """Points made by others have no place in the frame, or one that cannot be meant."""

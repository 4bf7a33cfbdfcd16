"""Validator of 3D Tiles that others wrote."""

from tests.meshes.tiles.conftest import validate  # noqa: F401  (a fixture)

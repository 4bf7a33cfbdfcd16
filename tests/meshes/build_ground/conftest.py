"""The judge of others."""

from tests.meshes.tiles.conftest import validate  # noqa: F401  (a fixture)

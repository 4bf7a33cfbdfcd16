"""The picture that lies on the terrain: land cover painted, orthophotos over it."""

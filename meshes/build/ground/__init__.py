"""A raster of heights as a pyramid of tiles: the terrain, and the catchment around it."""

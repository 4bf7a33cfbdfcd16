"""Build a pyramid of tiles from a raster of heights.

The terrain, and the catchment around it.
"""

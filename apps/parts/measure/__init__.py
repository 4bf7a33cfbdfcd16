"""Measuring: distances, areas, profiles and lines of sight drawn on the picture."""

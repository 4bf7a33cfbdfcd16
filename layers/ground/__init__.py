"""Ground and the water on it: heights, tiles, shaders, clipping."""

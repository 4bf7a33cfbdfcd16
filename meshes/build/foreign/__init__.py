"""Convert foreign models into our tilesets.

Placed in the frame, cut into tiles, written as GLB.
"""

"""Models made by others into tilesets of ours: placed in the frame, cut into tiles, written as GLB."""

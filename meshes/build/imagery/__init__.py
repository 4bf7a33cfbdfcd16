"""Paint the picture that lies on the terrain.

Land cover painted, orthophotos over it.
"""

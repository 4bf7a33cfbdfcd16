"""Labels and signs over the picture: candidates, placement, painting.

No VTK.
"""

"""Camera of a Scene: geometry, controls, flights.

No VTK.
"""

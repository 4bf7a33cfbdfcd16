"""Published curve editions, as CSV.

``miyun_design.csv``: characteristic levels of Miyun Reservoir with the water surface and the storage below
them, as published by the authorities; facts, rounded as published.
"""

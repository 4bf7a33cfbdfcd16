"""Published floods, as CSV: points in time, with gaps that are gaps.

``flood_2025_07.csv``: inflows, releases, levels and a storage of Miyun Reservoir from 26 to 30 July 2025, as
published by the authorities during and after the flood; facts, rounded as published, local time.
"""

"""Vector data as layers: lines on the ground, names, marks."""

"""Models of the sample's villages: north-China mountain villages, invented, textured, deterministic."""

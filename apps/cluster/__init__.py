"""Place painters, builds and recordings on the nodes of a Ray cluster."""

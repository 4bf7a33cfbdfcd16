"""The web process: startup, pages, what a browser may ask."""

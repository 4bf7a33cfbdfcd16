"""Pages to keep of a scene: PNG and PDF of one layout."""

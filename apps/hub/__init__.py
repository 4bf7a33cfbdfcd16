"""Web process: startup, pages, and limits on what browsers may request."""

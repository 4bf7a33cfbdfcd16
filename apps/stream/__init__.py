"""Frames to the browser: drawn when asked, newest first, paced. Knows no page."""

"""Recorder: storyboard in, film out; no server."""

"""Overprint: words and panels over the frames of a film."""

"""Slides of a film: a PPTX with one slide a shot."""

"""Storyboard: a film as a script, each shot a Scene over time."""

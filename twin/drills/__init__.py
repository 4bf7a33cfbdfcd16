"""Drills: invented values under the live rules, with their own log."""

"""Stations: the list, the card, charts of the past."""

"""Rooms: lists of parts."""

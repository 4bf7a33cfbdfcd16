"""A room is a list of parts."""

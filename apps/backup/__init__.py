"""Backup of what cannot be built again: observations, journals, users, catalog."""

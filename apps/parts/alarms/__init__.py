"""Alarms panel: rows, what an operator does."""

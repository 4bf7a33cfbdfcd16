"""Analyse what a water level affects: villages, buildings, people."""

"""Monitoring of the sample basin.

Where its 429 stations are, and what they would measure.
"""

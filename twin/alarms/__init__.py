"""Alarms as in ISA-18.2: conditions, acknowledgement, outcome."""

"""Alarms as in ISA-18.2: what is a matter of concern, who has seen it, and what came of it."""

"""Figures of the basin's situation: margins, rates, times, rankings."""

"""Batches in which the sample's villages are modelled."""

from __future__ import annotations

from twin.products import model_step_name
from twin.sample.names import VILLAGES

BATCH = 6
"""Villages of one step."""


def batch_names(entry_id: str) -> list[tuple[int, str]]:
    """Return the first village and the step's name of each batch."""
    return [(first, model_step_name(entry_id, f"{first:03d}")) for first in range(0, len(VILLAGES), BATCH)]

"""Model of a drill's file: invented values of stations over time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from twin.catalog.documents import read_document
from twin.catalog.problems import Problem
from twin.catalog.types import Names, Strict, Text
from twin.catalog.validation_messages import validate
from twin.catalog.yaml_tree import Document

LONGEST_MIN, EARLIEST_MIN = 480.0, -1440.0
"""A drill's longest run, and how far before its start values may lie (what fell before), minutes."""

Minute = Annotated[float, Field(ge=EARLIEST_MIN, le=LONGEST_MIN)]


class DrillSeries(Strict):
    """Invented values of one property at one station.

    Each is [minutes since the drill's start, value in the property's own unit], in rising order.
    """

    station: Text
    property: Text
    values: Annotated[list[tuple[Minute, float]], Field(min_length=1, max_length=5000)]


class DrillFile(Strict):
    """File of a drill: name, author, length in minutes, values."""

    version: Literal[1]
    name: Names
    author: Text
    minutes: Annotated[float, Field(gt=0, le=LONGEST_MIN)]
    series: Annotated[list[DrillSeries], Field(min_length=1, max_length=500)]


def load_drill(path: Path) -> tuple[DrillFile | None, Document, list[Problem]]:
    """Load a drill's file: None where anything is wrong, and every problem."""
    document, problems = read_document(path)
    if not document.whole:
        return None, document, problems
    drill, wrong = validate(DrillFile, document.value, file=path, document=document)
    problems = sorted((*problems, *wrong), key=lambda problem: problem.line)
    return None if problems else drill, document, problems

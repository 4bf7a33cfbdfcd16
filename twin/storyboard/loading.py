"""Load a storyboard, strictly; every problem at once."""

from __future__ import annotations

from pathlib import Path

from twin.catalog.documents import plain_problem, problem_of_fault, read_document
from twin.catalog.problems import Problem, ProblemsError
from twin.catalog.validation_messages import validate
from twin.catalog.yaml_tree import Document, read_yaml
from twin.storyboard.storyboard import Storyboard

TEXT = Path("(text)")
"""Stands for the file of a storyboard that has none."""


class StoryboardError(ProblemsError):
    """Storyboard that cannot be used as it is."""

    zh = "分镜脚本有误，请按提示修改：{message}"


def load_storyboard(path: Path | str) -> Storyboard:
    """Load a storyboard that must be right by itself.

    What only its basin can show is checked by :func:`twin.storyboard.checking.storyboard_problems`. Raises
    StoryboardError with every problem at once: file, line, key, suggestion.
    """
    return read_storyboard(path)[0]


def read_storyboard(path: Path | str) -> tuple[Storyboard, Document]:
    """Load a storyboard, with the line of each of its keys.

    Raises StoryboardError.
    """
    path = Path(path)
    document, problems = read_document(path)
    return _storyboard(path, document, problems), document


def load_storyboard_text(text: str) -> Storyboard:
    """Load a storyboard from a text.

    Raises StoryboardError.
    """
    document = read_yaml(text.encode())
    return _storyboard(TEXT, document, [problem_of_fault(TEXT, fault) for fault in document.faults])


def _storyboard(path: Path, document: Document, problems: list[Problem]) -> Storyboard:
    if not document.whole:
        raise StoryboardError(tuple(problems))
    if not isinstance(document.value, dict):
        words = "must be a group of keys, from 'title:' on"
        raise StoryboardError((*problems, plain_problem(path, 1, "", "bad-value", words)))
    storyboard, wrong = validate(Storyboard, document.value, file=path, document=document)
    problems = sorted((*problems, *wrong), key=lambda problem: problem.line)
    if problems or storyboard is None:
        raise StoryboardError(tuple(problems))
    return storyboard

"""Collect problems of a storyboard by the path of their key."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from twin.catalog.problems import Problem
from twin.catalog.validation_messages import dotted
from twin.catalog.yaml_tree import Document
from twin.catalog.yaml_tree import Path as KeyPath


class ProblemList:
    """Problems of one file; ``document`` gives their lines, line 1 without it."""

    def __init__(self, file: Path, document: Document | None) -> None:
        self.file = file
        self._document = document or Document()
        self._found: list[Problem] = []

    def add(
        self,
        at: KeyPath,
        code: str,
        message: str,
        *,
        hint: str = "",
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        """Add a problem of the key at a path."""
        self._found.append(
            Problem(
                file=self.file,
                line=self._document.line_of(at),
                key=dotted(at),
                code=code,
                message=message,
                hint=hint,
                severity=severity,
            )
        )

    def sorted(self) -> tuple[Problem, ...]:
        """Return the problems by their lines."""
        return tuple(sorted(dict.fromkeys(self._found), key=lambda problem: problem.line))

"""Problems of a handwritten file, all at once, each with its place."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from twin.errors import TwinError

_WHOLE = frozenset({"missing-file", "unreadable"})
"""Codes of a file that was not read: no line of it is wrong."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Problem of a catalog, a site file or a storyboard.

    ``key`` is dotted (``entries.terrain.uri``); ``line`` counts from 1. ``code`` is a stable name for
    machines and translations; ``entry`` is the id of the data set concerned.
    """

    file: Path
    line: int
    key: str
    code: str
    message: str
    hint: str = ""
    entry: str | None = None
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        line = "" if self.code in _WHOLE and not self.key else f":{self.line}"
        where = f"{self.file}{line}: " + (f"{self.key}: " if self.key else "")
        return where + self.message + (f" ({self.hint})" if self.hint else "")

    def as_dict(self) -> dict[str, object]:
        """Convert to a dict for JSON."""
        return asdict(self) | {"file": str(self.file)}


class ProblemsError(TwinError):
    """Handwritten file that cannot be used; ``problems`` names every reason."""

    zh = "文件有误，请按提示修改：{message}"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{problems[0]}{more}")
        self.problems = problems


class CatalogError(ProblemsError):
    """Catalog or site file that cannot be used as it is."""

    zh = "数据目录有误，请按提示修改：{message}"

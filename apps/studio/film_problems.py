"""Check a film while it is edited: problems by shot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from apps.recorder.film_check import film_problems
from twin.access import NothingToSeeError
from twin.storyboard.film_basin import FilmBasin

if TYPE_CHECKING:
    from twin.basin import Basin
    from twin.storyboard.storyboard import Storyboard

_SHOT = re.compile(r"shots\[(\d+)\]")


@dataclass(frozen=True, kw_only=True)
class FilmProblem:
    """Problem of a shot, or of the whole film.

    ``shot`` is its number from 0. ``message`` and ``hint`` are English lines. A ``grave`` one refuses a
    recording.
    """

    shot: int | None
    message: str
    hint: str = ""
    grave: bool = True


def problems_of(board: Storyboard, basin: Basin, *, file: Path) -> list[FilmProblem]:
    """Return what cannot be recorded of a film, and what is doubtful.

    ``basin`` is what the visitor sees. Takes some 10 ms: call it in a thread. Raises NoFontError.
    """
    try:
        seen = basin.seen_by(board.access)
    except NothingToSeeError:
        words = f"the film is {board.access}, and the ground or every curve of this basin is not"
        return [FilmProblem(shot=None, message=words)]
    left_out = {id_: e.access for id_, e in basin.catalog.entries.items() if id_ not in seen.catalog.entries}
    found = film_problems(board, FilmBasin(basin=seen, left_out=left_out), file=file)
    return [
        FilmProblem(
            shot=None if (of := _SHOT.match(problem.key)) is None else int(of[1]),
            message=problem.message,
            hint=problem.hint,
            grave=problem.severity == "error",
        )
        for problem in found
    ]

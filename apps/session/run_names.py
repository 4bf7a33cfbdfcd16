"""Name kept runs to those who may see them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from apps.formatting import written
from twin.errors import TwinError

if TYPE_CHECKING:
    from apps.session.session import Session
    from apps.session.visitor_runs import VisitorRuns
    from twin.runs_file import KeptRun

logger = logging.getLogger(__name__)


def name_run(session: Session, run: str | None, runs: VisitorRuns | None) -> None:
    """Note name and author of a run in a session.

    Where ``runs`` does not have it, it stays without a name.
    """
    if runs is None or not run or run in session.run_notes:
        return
    try:
        found = runs.find(run)
    except TwinError:
        logger.exception("kept runs cannot be read")
        return
    if found is not None:
        session.run_notes[run] = run_note(found, session.zone)


def run_note(run: KeptRun, zone: ZoneInfo) -> str:
    """Return name and author of a run, a forecast's time of issue."""
    issued = written(run.issued_at, zone) if run.kind == "forecast" else ""
    return " · ".join(part for part in (run.name, run.author_name or run.author, issued) if part)

"""Open the file of what-ifs and forecasts for a visitor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.session.visitor_runs import VisitorRuns
from twin.runs_file import FILE, RunsFile

if TYPE_CHECKING:
    from apps.hub.visitor import Visitor
    from twin.store import Store


def runs_of(visitor: Visitor, store: Store) -> VisitorRuns:
    """Return the kept runs as a visitor may use them."""
    return VisitorRuns(
        file=RunsFile(store.folder / FILE),
        name=visitor.name,
        full_name=visitor.full_name,
        sees=visitor.sees,
        administers=visitor.may("administer"),
    )

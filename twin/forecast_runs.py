"""Keep forecast tables as runs, each issue once."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING

from twin.forecast_table import ForecastLevels, read_forecast

if TYPE_CHECKING:
    from twin.runs_file import RunsFile
    from twin.stations.feeds.base import ForecastIssue
    from twin.water.curve import Curve

MOST_KEPT = 100
"""Runs of one author and name; older ones are deleted: a desk lists 200 in all."""


class ForecastRuns:
    """Forecasts of a basin's file of runs, checked by its curve."""

    def __init__(self, file: RunsFile, *, zone: tzinfo, curve: Curve) -> None:
        self._file, self._zone, self._curve = file, zone, curve

    def keep(self, issue: ForecastIssue) -> tuple[str, ForecastLevels]:
        """Keep an issued forecast, unless it is there already; returns id, levels.

        Raises TimedTableError for a table that cannot be used, RunsFileError where nothing can be kept.
        """
        levels = read_forecast(issue.table, zone=self._zone, curve=self._curve)
        document = levels.to_document()
        theirs = [
            run
            for run in self._file.all("forecast")
            if (run.author, run.name) == (issue.author, " ".join(issue.name.split()))
        ]
        for run in theirs:
            if (run.issued_at, run.access, run.document) == (issue.issued_at, issue.access, document):
                return run.id, levels
        id_ = self._file.add(
            "forecast",
            name=issue.name,
            author=issue.author,
            access=issue.access,
            document=document,
            issued_at=issue.issued_at,
        )
        for run in theirs[MOST_KEPT - 1 :]:
            self._file.delete(run.id)
        return id_, levels

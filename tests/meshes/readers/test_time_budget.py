"""A delivery of many files without an end loses little time to them."""

from __future__ import annotations

import pytest

from meshes.errors import DamagedError, OverLimitError
from meshes.guard import OSGB, Limits
from meshes.readers import time_budget
from meshes.readers.time_budget import TimeBudget


def test_files_that_took_all_their_time_shorten_the_next_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time_budget.time, "monotonic", lambda: now[0])
    of_delivery = TimeBudget(OSGB)

    def file(took_s: float, error: Exception | None = None) -> Limits:
        with of_delivery.limits() as limits:
            now[0] += took_s
            if error is not None:
                raise error
        return limits

    for _ in range(5):
        file(1000.0)  # read, however long it took
        with pytest.raises(DamagedError):
            file(6.0, DamagedError("cut off"))
    for _ in range(5):
        assert file(0.1).for_size(0).wall_s == 7
        with pytest.raises(OverLimitError):
            file(7.0, OverLimitError("took more than 7 s"))
    assert file(0.1).for_size(0).wall_s == 3

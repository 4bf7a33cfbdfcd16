"""Define what an operator does with alarms, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from twin.errors import Reason

Act = Literal["acknowledge", "shelve", "unshelve"]


@dataclass(frozen=True, kw_only=True)
class AlarmOperation:
    """Acknowledge, shelve or unshelve alarms in a person's name.

    ``note`` is the reason that was given; ``until`` when shelved alarms come back.
    """

    act: Act
    alarms: tuple[str, ...]
    by: str
    note: str = ""
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AlarmOutcome:
    """Alarms that an operation changed, durably.

    ``refused`` are those it did not, with the reason.
    """

    done: tuple[str, ...] = ()
    refused: Mapping[str, Reason] = field(default_factory=dict)

"""Actions on alarms: acknowledge, shelve, unshelve."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import Field, StringConstraints

from apps.parts.triggers import InputRefusedError, Number, operator_trigger
from apps.session.controlled import Live
from apps.session.controller import Controller
from twin.alarms.operating import Act, AlarmOperation

Typed = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")
]
"""Who did something, where nobody signs in: no control characters. Passed over where somebody has."""
Note = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
]
"""Reason or remark, one line."""
Ids = Annotated[list[Annotated[str, Field(max_length=200)]], Field(min_length=1, max_length=1000)]


class AlarmActions:
    """Acknowledge alarms, shelve them or end that, in the visitor's name.

    How many have changed is shown, and why others were not.
    """

    def __init__(self, controller: Controller, live: Live) -> None:
        self._live = live

    @operator_trigger
    def acknowledge(self, alarms: Ids, typed: Typed, note: Note = "") -> None:
        """Acknowledge alarms."""
        self._operate("acknowledge", alarms, typed, note)

    @operator_trigger
    def shelve(
        self, alarms: Ids, typed: Typed, note: Note, hours: Annotated[Number, Field(gt=0, le=72)]
    ) -> None:
        """Shelve alarms for some hours."""
        self._operate("shelve", alarms, typed, note, until=datetime.now(UTC) + timedelta(hours=hours))

    @operator_trigger
    def unshelve(self, alarms: Ids, typed: Typed, note: Note = "") -> None:
        """End the shelving of alarms before its time."""
        self._operate("unshelve", alarms, typed, note)

    def _operate(
        self, act: Act, alarms: list[str], typed: str, note: str, *, until: datetime | None = None
    ) -> None:
        if not (by := self._live.who or typed):
            words = "a name is needed, nothing has changed"
            raise InputRefusedError(words, trigger="alarms", argument="typed")
        self._live.operate(AlarmOperation(act=act, alarms=tuple(alarms), by=by, note=note, until=until))

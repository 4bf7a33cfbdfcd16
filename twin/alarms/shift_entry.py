"""Define an entry of the shift log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

EntryKind = Literal["note", "handover"]


@dataclass(frozen=True, kw_only=True)
class AlarmMention:
    """Alarm that an entry is about, as it read then."""

    id: str
    station: str
    text: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ShiftSummary:
    """Alarms at a change of shift, and changes since the last one.

    ``open`` ones wait for an acknowledgement; ``since`` is that one's time; None where there was none.
    """

    standing: int = 0
    open: int = 0
    shelved: int = 0
    raised: int = 0
    acknowledged: int = 0
    ended: int = 0
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ShiftEntry:
    """Entry of the shift log.

    ``link`` is a permanent link's scene, '' for none; ``to`` takes over at a hand-over.
    """

    at: datetime
    by: str
    text: str
    kind: EntryKind = "note"
    to: str = ""
    alarms: tuple[AlarmMention, ...] = ()
    link: str = ""
    summary: ShiftSummary | None = None
    number: int = field(default=0, compare=False)

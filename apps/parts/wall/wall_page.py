"""State that all pages of the wall have."""

from __future__ import annotations

from apps.parts.alarms.alarm_panel import DutyView
from apps.parts.head import HeadView
from apps.parts.language import FIRST
from apps.parts.part import Part
from apps.texts import texts

PART = Part(
    id="wall_page",
    state={
        "t": texts(FIRST),
        "language": FIRST,
        "signed_in": "",
        "duty": DutyView(),
        "slow_line": False,
    },
    client_only=("slow_line",),
)

HEAD = Part(id="head", state={"head": HeadView()}, client_only=("head",))
"""Name of the basin on pages without a head."""

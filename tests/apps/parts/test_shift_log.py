"""What the shift log shows and exports. No browser."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from apps.parts import shift_log
from twin.alarms.shift_entry import AlarmMention, ShiftEntry, ShiftSummary

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 7, 28, 0, 30, tzinfo=UTC)
SUMMARY = ShiftSummary(standing=3, open=1, shelved=1, raised=5, acknowledged=4, ended=2, since=AT)
ENTRIES = (
    ShiftEntry(
        at=AT,
        by="王工",
        text="=1+1",
        alarms=(AlarmMention(id="a", station="1", text={"zh": "超警", "en": "over"}),),
        link="2.abc",
        number=3,
    ),
    ShiftEntry(at=AT, by="王工", text="一切正常", kind="handover", to="李工", summary=SUMMARY, number=9),
)


def test_the_newest_entry_comes_first_and_a_hand_over_says_what_stands() -> None:
    shown = shift_log.view(ENTRIES, SUMMARY, ZONE, "zh")
    newest, oldest = shown.entries
    assert (newest.number, newest.by, newest.handover) == (9, "王工 → 李工", True)
    assert newest.summary == shown.summary
    assert "未确认 1" in newest.summary and "自 2026-07-28 08:30 起：新增 5" in newest.summary
    assert (oldest.link, oldest.alarms) == ("2.abc", [{"station": "1", "text": "超警"}])
    assert "the log began" in shift_log.view((), ShiftSummary(), ZONE, "en").summary


def test_the_export_has_every_entry_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(shift_log.csv_of_shifts(ENTRIES, ZONE, "zh"))))
    assert [(row["number"], row["kind"], row["to"]) for row in rows] == [
        ("3", "note", ""),
        ("9", "handover", "李工"),
    ]
    assert (rows[0]["text"], rows[0]["alarms"]) == ("'=1+1", "超警")
    assert rows[0]["time"] == "2026-07-28T08:30:00+08:00"

"""A drill's values come in time and raise alarms by the live rules, in its own world."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.drills.drill_basin import LAKE, RAIN, basin, told
from twin.catalog.drill_file import DrillFile
from twin.drills.drill_log import DrillLog, drill_lines, logged_drills
from twin.drills.drill_run import DrillRun

START = datetime(2026, 7, 1, 0, 0, tzinfo=UTC)
DOCUMENT = told(
    (LAKE, "level", [[0, 151.0], [20, 152.0], [40, 155.0], [55, 151.0]]),
    (LAKE, "inflow", [[10, 500.0]]),
    (RAIN, "rain", [[-30, 20.0], [-25, 20.0], [0, 20.0], [5, 1.0]]),
)


def run() -> DrillRun:
    drill = DrillFile.model_validate_json(json.dumps(DOCUMENT))
    return DrillRun(drill, file="one.yaml", by="Wang", basin=basin(), started_at=START)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def test_values_are_told_when_they_are_due_and_what_was_before_at_once() -> None:
    drill = run()
    drill.advance(START)
    assert (drill.level_m, drill.highest_m, drill.level_at) == (151.5, 151.5, START)
    assert drill.now().values[f"{RAIN}.rain"].value == 20.0
    assert drill.now().rain[RAIN].h24_mm == 60.0
    assert drill.now().values[f"{LAKE}.inflow"].age_s is None
    drill.advance(at(57))
    assert (drill.level_m, drill.highest_m) == (151.5, 155.5)
    assert drill.now().values[f"{LAKE}.inflow"].value == 500.0
    assert not drill.is_over(at(59.9)) and drill.is_over(at(60))


def test_the_live_rules_judge_it_with_their_delays() -> None:
    """Above 152.0 m from minute 20 on, which alarms after ten minutes; above 155.0 m from minute 40 on."""
    drill = run()
    rain = drill.advance(START)
    assert [(one.what, one.id) for one in rain] == [("raised", f"rain@{RAIN}")]
    assert drill.advance(at(29.9)) == []
    assert [one.id for one in drill.advance(at(30))] == [f"level:flood-limit@{LAKE}"]
    assert [one.id for one in drill.advance(at(50))] == [f"level:normal@{LAKE}"]
    ranks = [alarm.rank for alarm in drill.alarms()]
    assert ranks == sorted(ranks) and len(ranks) == 3


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 60), max_size=12))
def test_how_often_it_is_looked_at_changes_nothing(minutes: list[float]) -> None:
    often, once = run(), run()
    for minute in [*sorted(minutes), 60.0]:
        often.advance(at(minute))
    once.advance(at(60))
    assert (often.alarms(), often.level_m, often.highest_m) == (once.alarms(), once.level_m, once.highest_m)
    assert often.now().rain == once.now().rain


def test_a_clock_that_is_set_back_takes_nothing_back() -> None:
    drill = run()
    drill.advance(at(45))
    assert drill.advance(at(-90)) == []
    assert drill.level_m == 155.5


def test_its_log_says_who_ran_what_and_what_became_of_it(tmp_path: Path) -> None:
    drill = run()
    log = DrillLog(tmp_path, drill)
    log.started(drill)
    for change in drill.advance(at(30)):
        log.changed(change)
    for change in drill.acknowledge([f"rain@{RAIN}", "gone"], by="Wang", note="read out", at=at(31)):
        log.changed(change)
    log.ended(at(60), why="file", by="")
    log.flush()
    assert logged_drills(tmp_path) == [drill.id]
    lines = list(drill_lines(tmp_path, drill.id))
    assert [line["what"] for line in lines] == ["started", "raised", "raised", "acknowledged", "ended"]
    assert DrillFile.model_validate_json(json.dumps(lines[0]["drill"])) == drill.drill
    assert (lines[3]["by"], lines[3]["note"]) == ("Wang", "read out")

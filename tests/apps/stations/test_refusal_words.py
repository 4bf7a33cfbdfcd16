"""Every reason for which something is refused or doubted has words in both languages."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

import twin.stations
from apps.parts.stations import panel
from apps.texts import texts
from tests.apps.flat import scene_in
from twin.bilingual import Language
from twin.errors import Reason
from twin.stations.clock_agreement import Verdict
from twin.stations.feeds.base import FeedError
from twin.stations.filter import Filter
from twin.stations.snapshot import FeedNow, RefusalNow

SOURCES = Path(twin.stations.__file__).parent
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CALLS = (
    "JsonError",
    "DocumentError",
    "_RefusedError",
    "WrittenTimeError",
    "FrameError",
    "MessageError",
    "SlugError",
    "refuse",
    "leave",
    "_refuse",
    "ElementError",
)
ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 7, 28, 6, 0, tzinfo=UTC)


def _slugs() -> set[str]:
    """Reasons as they stand in the code: what those errors carry, and what ``refuse`` is called with."""
    found: set[str] = set()
    beside = (SOURCES.parent / "written_time.py", SOURCES.parent / "strict_json.py")
    for path in (*SOURCES.rglob("*.py"), *beside):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name not in CALLS and not any(k.arg == "reason" for k in node.keywords):
                continue
            told = [a for a in (*node.args, *(k.value for k in node.keywords)) if isinstance(a, ast.Constant)]
            found |= {a.value for a in told if isinstance(a.value, str) and SLUG.fullmatch(a.value)}
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_reason_has_words(language: Language) -> None:
    slugs = _slugs()
    assert {"unknown-station", "no-json", "ambiguous-time", "wrong-password", "future"} <= slugs
    t = texts(language)
    known = {key.removeprefix("refused_") for key in t if key.startswith("refused_")}
    known |= {key.removeprefix("reason_") for key in t if key.startswith("reason_")}
    assert {slug.replace("-", "_") for slug in slugs} - known == set()


FEED = FeedNow(
    id="f",
    title={"zh": "遥测", "en": "Telemetry"},
    driver="http",
    state="running",
    since=AT,
    accepted=3,
    refused={"unknown-station": 2, "odd-slug": 1},
    refusals=(
        RefusalNow(reason="unknown-station", station="31000009", count=2, last_at=AT, message="…"),
        RefusalNow(reason="odd-slug", station="", count=1, last_at=AT),
    ),
)


def test_the_panel_says_why_which_station_how_often_and_when() -> None:
    shown = panel.view({}, Filter(), [FEED], scene_in("zh"), away="", zone=ZONE, left_out=2)
    lines = shown.feeds[0].refusals
    assert lines[0].startswith("未知测站 · 31000009 · × 2 · ") and "14:00" in lines[0]
    assert lines[1].startswith("odd-slug · × 1")
    assert "2 行" in shown.left_out
    english = panel.view({}, Filter(), [FEED], scene_in("en"), away="", zone=ZONE)
    assert english.feeds[0].refusals[0].startswith("unknown station · 31000009")
    assert english.left_out == ""


def test_a_feed_that_is_away_is_told_in_the_reader_s_language() -> None:
    away = FeedNow(
        id="f",
        title={"zh": "遥测", "en": "Telemetry"},
        driver="http",
        state="waiting",
        since=AT,
        why=Reason.of(FeedError("https://h/x answers 503")),
    )
    zh, en = (panel.view({}, Filter(), [away], scene_in(lang), away="", zone=ZONE) for lang in ("zh", "en"))
    assert zh.feeds[0].detail == "数据来源无法连接：https://h/x 返回 503"
    assert en.feeds[0].detail == "https://h/x answers 503"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_stations_say_of_our_clock_has_words(language: Language) -> None:
    verdicts = [verdict for verdict in get_args(Verdict) if verdict]
    assert len({texts(language)[f"trouble_{verdict}"] for verdict in verdicts}) == len(verdicts) == 2

"""A new feed is one file and one line: its spec, what runs by it, and where the spec stands."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pytest

from tests.twin.stations.feeds.memory import gate, running, until
from tests.twin.stations.nets import START, HandClocks, network
from twin.catalog.feeds import DRIVERS, FeedSpec
from twin.catalog.load import load_site
from twin.stations.feeds.base import FeedContext, make_feed
from twin.stations.intake import Intake
from twin.stations.model import Reading

SITE = """version: 1
feeds:
  - id: wall
    title: {zh: 水尺, en: Staff gauge}
    stations: stations
    driver: staff
    level_m: 152.5
"""


class StaffSpec(FeedSpec):
    """A staff gauge that somebody has painted on a wall."""

    driver: Literal["staff"]
    level_m: float

    def make(self, context: FeedContext) -> StaffGauge:
        return StaffGauge(self, context)


class StaffGauge:
    """Brings its one level, once."""

    def __init__(self, spec: StaffSpec, context: FeedContext) -> None:
        self.id, self._level_m, self._clocks = spec.id, spec.level_m, context.clocks

    async def run(self, intake: Intake) -> None:
        now = self._clocks.now()
        reading = Reading(station="31000001", property="level", value=self._level_m, phenomenon_at=now)
        await intake.deliver(self.id, [reading])
        await asyncio.Event().wait()


@pytest.fixture(autouse=True)
def _one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DRIVERS, "staff", f"{__name__}:StaffSpec")


async def test_a_driver_that_has_one_line_is_read_from_the_site_and_runs(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE, encoding="utf-8")
    site, problems = load_site(tmp_path / "site.yaml")
    assert problems == []
    clocks = HandClocks(day=START)
    intake, kept = gate(network(), clocks=clocks)
    context = FeedContext(network=network(), zone=ZoneInfo(site.time_zone), clocks=clocks)
    async with running(make_feed(site.feeds[0], context), intake) as task:
        await until(lambda: bool(kept.rows), task)
    assert kept.values("31000001.level") == [152.5]


@pytest.mark.parametrize(
    ("site", "key", "words"),
    [
        (SITE.replace("152.5", "high"), "feeds[0].level_m", "number"),
        (SITE.replace("level_m", "levl_m"), "feeds[0].levl_m", "did you mean 'level_m'"),
        (SITE.replace("staff\n", "stuff\n"), "feeds[0].driver", "did you mean 'staff'"),
    ],
)
def test_what_is_wrong_with_it_is_said_with_its_line(tmp_path: Path, site: str, key: str, words: str) -> None:
    (tmp_path / "site.yaml").write_text(site, encoding="utf-8")
    found = {problem.key: problem for problem in load_site(tmp_path / "site.yaml")[1]}
    assert words in str(found[key])
    assert site.splitlines()[found[key].line - 1].strip().startswith(key.split(".")[1])


def test_a_feed_by_its_old_word_is_read_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE.replace("driver:", "way:"), encoding="utf-8")
    site, (problem,) = load_site(tmp_path / "site.yaml")
    assert [feed.driver for feed in site.feeds] == ["staff"]
    assert (problem.severity, problem.line, problem.key) == ("warning", 6, "feeds[0].way")
    assert "write driver instead" in problem.message


def test_a_feed_by_its_old_and_its_new_word_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE + "    way: staff\n", encoding="utf-8")
    site, (problem,) = load_site(tmp_path / "site.yaml")
    assert (problem.severity, problem.key, list(site.feeds)) == ("error", "feeds[0].way", [])

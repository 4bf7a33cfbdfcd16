"""A forecast that an office serves as a table is kept once, as a run beside observations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.twin.stations.feeds.memory import gate, running, until
from tests.twin.stations.nets import network
from twin.forecast_runs import MOST_KEPT, ForecastRuns
from twin.forecast_table import forecast_of
from twin.runs_file import KeptRun, RunsFile
from twin.stations.clocks import SystemClocks
from twin.stations.feeds.base import FeedContext, ForecastIssue, make_feed
from twin.stations.feeds.forecast_feed import ForecastSpec
from twin.water.curve import Curve, Edition

ZONE = ZoneInfo("Asia/Shanghai")
TABLE = (
    "time,level (m),level_low (m),level_high (m)\n"
    "2026-07-01 08:00,150,149,151\n2026-07-02 08:00,152,150,153\n"
)
CURVE = Curve(
    edition=Edition(id="box", status="derived", source="a box"),
    level_m=(140.0, 160.0),
    area_m2=(1e6, 1e6),
    storage_m3=(0.0, 2e7),
)


class Office:
    """A server whose table a test changes."""

    def __init__(self, folder: Path) -> None:
        self.text, self.headers, self.asked = "", {}, 0
        self.file = RunsFile(folder / "runs.sqlite")

    async def handle(self, _: web.Request) -> web.Response:
        self.asked += 1
        return web.Response(body=self.text.encode("gb18030"), headers=self.headers)

    def runs(self) -> tuple[KeptRun, ...]:
        return self.file.all("forecast")


async def test_each_issue_is_kept_once_with_its_author_and_time(tmp_path: Path) -> None:
    office = Office(tmp_path)
    app = web.Application()
    app.router.add_get("/lake.csv", office.handle)
    async with TestServer(app) as server:
        spec = ForecastSpec.model_validate(
            {
                "id": "flood",
                "title": {"zh": "洪水预报", "en": "Forecast"},
                "stations": "stations",
                "driver": "forecast",
                "url": str(server.make_url("/lake.csv")),
                "every_s": 0.01,
                "charset": "gb18030",
                "author": "水文局",
            }
        )
        keep = ForecastRuns(office.file, zone=ZONE, curve=CURVE).keep
        context = FeedContext(network=network(), zone=ZONE, clocks=SystemClocks(), keep_forecast=keep)
        intake, _ = gate(network())
        office.text = f"# 发布时间：2026-07-01 08:00\n{TABLE}"
        async with running(make_feed(spec, context), intake) as task:
            await until(lambda: office.asked > 3, task)
            (run,) = office.runs()
            assert (run.name, run.author, run.access) == ("洪水预报", "水文局", "internal")
            assert run.issued_at == datetime(2026, 7, 1, tzinfo=UTC)
            assert forecast_of(run.document).high_m.tolist() == [151.0, 153.0]
            office.text = TABLE.replace("152,", "many,")
            await until(lambda: bool(intake.refused("flood")), task)
            assert intake.listed_refusals("flood")[0].reason == "no-issue-time"
            office.headers = {"Last-Modified": "Wed, 01 Jul 2026 02:00:00 GMT"}
            await until(lambda: len(intake.listed_refusals("flood")) > 1, task)
            assert {one.reason for one in intake.listed_refusals("flood")} == {"no-issue-time", "bad-table"}
            office.text = TABLE
            await until(lambda: len(office.runs()) == 2, task)
            assert office.runs()[0].issued_at == datetime(2026, 7, 1, 2, tzinfo=UTC)


def test_the_newest_hundred_of_an_office_stay(tmp_path: Path) -> None:
    file = RunsFile(tmp_path / "runs.sqlite")
    runs = ForecastRuns(file, zone=ZONE, curve=CURVE)
    for author, count in (("other", 3), ("office", MOST_KEPT + 2)):
        for hour in range(count):
            at = datetime(2026, 7, 1, tzinfo=UTC) + timedelta(hours=hour)
            issue = ForecastIssue(table=TABLE, name="f", author=author, access="internal", issued_at=at)
            runs.keep(issue)
    kept = [run for run in file.all("forecast") if run.author == "office"]
    assert len(kept) == MOST_KEPT and min(run.issued_at.hour for run in kept if run.issued_at.day == 1) == 2
    assert len(file.all("forecast")) == MOST_KEPT + 3

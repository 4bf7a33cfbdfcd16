"""A writer that is killed: what it acknowledged is in the store."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

WRITING = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from twin.stations.model import Observation
from twin.stations.store import Database, GroupWriter, Writer

async def main():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    async with GroupWriter(Writer(Database.sqlite(Path(sys.argv[1]), write=True))) as group:
        async def station(number):
            for k in range(100_000):
                at = start + timedelta(seconds=k)
                o = Observation(datastream=f"s{number}", phenomenon_at=at, received_at=at, value=float(k))
                await group.submit([o])
                print(number, k, flush=True)
        await asyncio.gather(*(station(n) for n in range(8)))

asyncio.run(main())
"""


@pytest.mark.parametrize("seed", range(200 if os.environ.get("TWIN_ENDURANCE") == "1" else 3))
def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path, seed: int) -> None:
    check_kill(tmp_path, seed=seed)


def check_kill(folder: Path, *, seed: int) -> None:
    """Write from eight sides, kill at a random moment, look at what is there."""
    luck = random.Random(seed)
    command = [sys.executable, "-c", textwrap.dedent(WRITING), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        acknowledged: dict[int, int] = {}
        until_line = luck.randrange(40, 1500)
        for number, line in enumerate(process.stdout):
            station, k = map(int, line.split())
            acknowledged[station] = k
            if number == until_line:
                process.send_signal(signal.SIGKILL)
                break
        for line in process.stdout.read().splitlines():
            if len(line.split()) == 2:
                station, k = map(int, line.split())
                acknowledged[station] = max(k, acknowledged.get(station, -1))
    with sqlite3.connect(folder / "observations.sqlite") as at:
        assert at.execute("pragma integrity_check").fetchone() == ("ok",)
        kept = dict(
            at.execute(
                "select s.name, count(*) from observations o join streams s on s.id = o.stream group by 1"
            )
        )
    at.close()
    for station, k in acknowledged.items():
        assert kept[f"s{station}"] >= k + 1

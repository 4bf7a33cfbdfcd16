"""docs/operations.md: its units are units, its commands run in their order, its words are the program's."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from itertools import pairwise
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.apps.command import twin
from tests.apps.hub.test_metrics import Measured, scraped
from tests.small import write_small_basin
from twin.store import Store

PROJECT = Path(__file__).parents[2]
MANUAL = (PROJECT / "docs" / "operations.md").read_text("utf-8")
OF_ONE_MACHINE = re.sub(r"\n## Many machines\n.*?(?=\n## )", "", MANUAL, flags=re.DOTALL)
UNITS = re.findall(r"`/etc/systemd/system/([\w.-]+)`.*?```ini\n(.*?)```", MANUAL, re.DOTALL)
COMMANDS = [
    line.partition(" #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", OF_ONE_MACHINE, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("twin ")
]


def test_the_units_are_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    assert [name for name, _ in UNITS] == [
        "twin.service",
        "twin-backup.service",
        "twin-backup.timer",
        "twin-wall.service",
    ]
    for name, text in UNITS:
        here = text.replace("/opt/miyun-twin/.venv/bin/twin", sys.executable).replace(
            "User=twin", "User=root"
        )
        here = here.replace("/usr/bin/cage", sys.executable).replace("User=wall", "User=root")
        (tmp_path / name).write_text(here.replace("/srv/twin", str(tmp_path)), "utf-8")
    for name, _ in UNITS:
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(tmp_path / name)],
            capture_output=True,
            text=True,
            check=False,
        )
        told = [line for line in done.stderr.splitlines() if "twin" in line or str(tmp_path) in line]
        assert (done.returncode, told) == (0, []), done.stderr


def test_the_commands_run_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "twin-backup").mkdir()
    write_small_basin(tmp_path / "twin")
    monkeypatch.setattr(sys, "stdin", io.StringIO("four words and a number 7\n"))
    assert len(COMMANDS) == 6
    for line in COMMANDS:
        words = [word.replace("/srv/", f"{tmp_path}/") for word in shlex.split(line)[1:]]
        result = twin(*words)
        assert result.returncode == 0, (line, result.stderr)
    assert (tmp_path / "twin-new" / "users.toml").exists()


def test_every_metric_that_is_named_is_served_and_the_other_way_round() -> None:
    named = set(re.findall(r"^\| (.*?) \|", MANUAL.partition("| metric |")[2].partition("\n\n")[0], re.M))
    told = {name for cell in named for name in re.findall(r"`(twin_\w+)`", cell)}
    source = "".join(
        (PROJECT / "apps" / file).read_text("utf-8") for file in ("counters.py", "hub/metrics.py")
    )
    made = {
        f"{name}_total" if kind in ("Counter", "CounterMetricFamily") else name
        for kind, name in re.findall(r"(\w+)\(\s*\"(twin_\w+)\"", source)
    }
    assert told == made


def test_every_symptom_stands_in_the_program() -> None:
    table = MANUAL.partition("| it says | because | do |")[2]
    told = [found for row in table.splitlines() for found in re.findall(r"`([^`]+)`", row.split(" | ")[0])]
    assert len(told) > 60
    files = [*(PROJECT / "apps" / "locale").glob("*.yaml")]
    files += [
        file for package in ("apps", "layers", "meshes", "twin") for file in (PROJECT / package).rglob("*.py")
    ]
    texts = [re.sub(r"\"\n\s*f?\"", "", file.read_text("utf-8")) for file in files]  # of two lines one
    assert [words for words in told if not any(words in text for text in texts)] == []


async def test_what_is_scraped_is_what_prometheus_reads(tmp_path: Path) -> None:
    _, text = await scraped(Measured(Store(tmp_path)), role="administer")
    names = [family.name for family in text_string_to_metric_families(text)]
    assert len(names) == len(set(names)) and all(a != b for a, b in pairwise(names))


def test_a_server_starts_and_ends_as_systemd_wants_it(small_basin: Path, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.bind(str(tmp_path / "notify"))
        notified.settimeout(60)
        env = os.environ | {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        users = tmp_path / "users.toml"
        added = twin(
            *shlex.split("token add prometheus --sees restricted --users"), users, "--catalog", small_basin
        )
        token = added.stdout.strip().splitlines()[-1].split()[-1]
        command = [sys.executable, "-m", "apps.cli", "serve", str(small_basin), "--port", "0"]
        command += [
            "--users",
            str(users),
            "--log",
            str(tmp_path / "log"),
            "--painters",
            "1",
        ]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
        ) as server:
            try:
                assert server.stdout is not None and server.stderr is not None
                address = server.stdout.readline().strip()
                assert [notified.recv(100), notified.recv(100)] == [b"READY=1", b"WATCHDOG=1"]
                request = urllib.request.Request(f"{address}metrics")
                request.add_header("Authorization", f"Bearer {token}")
                with urllib.request.urlopen(request, timeout=10) as answer:
                    assert b"twin_painters" in answer.read()
                server.send_signal(signal.SIGTERM)
                assert server.wait(timeout=20) == 0
                assert notified.recv(100) in (b"STOPPING=1", b"WATCHDOG=1")
                assert server.stderr.read() == ""
            finally:
                server.kill()
    assert (tmp_path / "log").exists()

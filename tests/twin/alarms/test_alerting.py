"""Alerts: one for each receiver and change, signed, encrypted, kept over a restart, tried again."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web

from twin.alarms.alert_sending import SIGNATURE, AlertRefusedError, send, signature_of
from twin.alarms.alerting import Alerting
from twin.alarms.lifecycle import Change
from twin.alarms.service import line_of
from twin.catalog.alert_receivers import AlertHours, AlertReceiver
from twin.stations.snapshot import AlarmNow

AT = datetime(2026, 7, 28, 3, 0, tzinfo=UTC)
BODY = {"subject": "暴雨红色", "text": "暴雨红色：3 小时 101 mm\n"}
ALARM = AlarmNow(
    id="a",
    station="1",
    datastream="1.level",
    rule="level:design",
    rank=1,
    state="unacknowledged",
    text={"zh": "超设计洪水位", "en": "above design level"},
    raised_at=AT,
    changed_at=AT,
)


def receiver(**more: Any) -> AlertReceiver:
    hook = {"url_env": "HOOK_URL", "secret_env": "HOOK_SECRET"}
    return AlertReceiver.model_validate({"id": "duty", "webhook": hook} | more)


class Journal:
    """Lines of a journal, as its reader gives them."""

    def __init__(self) -> None:
        self.lines: list[Any] = []

    def append(self, what: str, *, rank: int = 1) -> None:
        alarm = None if what == "ended" else replace(ALARM, rank=rank)
        change = Change(id="a", what=what, at=AT, alarm=alarm)
        self.lines.append((len(self.lines) + 1, line_of(change, AT)))

    def events(self, *, kinds: Any, since: int) -> list[Any]:
        del kinds
        return [line for line in self.lines if line[0] > since]


def alerting(
    journal: Any,
    folder: Path,
    *receivers: AlertReceiver,
    send: Any,
    clock: Callable[[], datetime] = lambda: AT,
) -> Alerting:
    return Alerting(
        receivers, {}, reader=journal, folder=folder, zone=ZoneInfo("Asia/Shanghai"),
        name={"zh": "流域", "en": "Basin"}, synthetic=True, send=send, clock=clock,
    )  # fmt: skip


def test_each_change_is_sent_once_to_those_it_concerns_also_over_a_restart(tmp_path: Path) -> None:
    journal, taken = Journal(), []

    def keep(to: AlertReceiver, body: Mapping[str, Any]) -> None:
        taken.append((to.id, body["change"], body["rank"]))

    everyone = (
        receiver(),
        receiver(id="all", from_rank=4, changes=["raised", "ended"]),
        receiver(id="night", hours={"from": "20:00", "to": "08:00"}),  # it is 11:00 there
    )
    journal.append("raised")
    alerting(journal, tmp_path, *everyone, send=keep).turn()
    assert taken == [], "what was there before is no news"
    journal.append("raised", rank=4)
    journal.append("graver")
    alerting(journal, tmp_path, *everyone, send=keep).turn()
    journal.append("ended")
    for _ in range(2):  # a restart
        alerting(journal, tmp_path, *everyone, send=keep).turn()
    assert taken == [("all", "raised", 4), ("duty", "graver", 1), ("all", "ended", 1)]


def test_an_outbox_of_another_journal_holds_no_alarm_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A database that was restored to a state of before has fewer lines than were sent."""
    journal, taken = Journal(), []
    for _ in range(5):
        journal.append("raised")
    alerting(journal, tmp_path, receiver(), send=None).turn()
    del journal.lines[1:]
    again = alerting(journal, tmp_path, receiver(), send=lambda _, body: taken.append(body["change"]))
    again.turn()
    assert taken == [] and "another journal" in caplog.text
    journal.append("graver")
    again.turn()
    assert taken == ["graver"]


def test_what_is_refused_waits_longer_each_time_and_is_counted(tmp_path: Path) -> None:
    journal, clock, tries = Journal(), [AT], []

    def refuse(to: AlertReceiver, body: Mapping[str, Any]) -> None:
        tries.append(clock[0])
        if len(tries) < 4:
            raise AlertRefusedError(to.id, "no\nroute")

    alerts = alerting(journal, tmp_path, receiver(), send=refuse, clock=lambda: clock[0])
    alerts.turn()
    journal.append("raised")
    for _ in range(400):
        alerts.turn()
        clock[0] += timedelta(seconds=1)
    waits = [(b - a).total_seconds() for a, b in pairwise(tries)]
    assert waits == [15.0, 30.0, 60.0]
    assert alerts.counts() == {"duty": {"sent": 1}}
    assert str(AlertRefusedError("duty", "no\nroute")) == "alert duty: no route"


def test_hours_may_go_over_midnight() -> None:
    night = AlertHours.model_validate({"from": "20:00", "to": "08:00"})
    assert [night.holds_at(time(h)) for h in (19, 20, 3, 8)] == [False, True, True, False]


async def test_a_webhook_gets_a_signed_document(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[tuple[bytes, str]] = []

    async def take(request: web.Request) -> web.Response:
        taken.append((await request.read(), request.headers[SIGNATURE]))
        return web.Response(status=204 if len(taken) == 1 else 500)

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    monkeypatch.setenv("HOOK_URL", f"http://127.0.0.1:{port}/hook")
    with pytest.raises(AlertRefusedError, match="HOOK_SECRET is not set"):
        await asyncio.to_thread(send, receiver(), BODY)
    monkeypatch.setenv("HOOK_SECRET", "geheim")
    await asyncio.to_thread(send, receiver(), BODY)
    content, signature = taken[0]
    assert json.loads(content) == BODY
    assert signature == signature_of(content, "geheim") != signature_of(content, "other")
    with pytest.raises(AlertRefusedError, match="answered 500"):
        await asyncio.to_thread(send, receiver(), BODY)
    await runner.cleanup()


async def test_a_mail_goes_over_an_encrypted_line_and_only_to_a_trusted_server(tmp_path: Path) -> None:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", str(key), "-out", str(cert), "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    heard: list[str] = []

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 test\r\n")
        data = False
        while line := (await reader.readline()).decode():
            heard.append(line.rstrip())
            if data:
                if line == ".\r\n":
                    data = False
                    writer.write(b"250 taken\r\n")
            elif line.upper().startswith("DATA"):
                data = True
                writer.write(b"354 go on\r\n")
            elif line.upper().startswith("QUIT"):
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 ok\r\n")
        writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    mail = {"host": "localhost", "port": port, "security": "tls", "sender": "twin@example.org",
            "to": ["duty@example.org"], "ca_file": str(cert)}  # fmt: skip
    await asyncio.to_thread(send, receiver(webhook=None, mail=mail), BODY)
    assert any(line.lower().startswith("rcpt to:<duty@example.org>") for line in heard)
    assert any(line.startswith("Subject: =?utf-8?") for line in heard)
    with pytest.raises(AlertRefusedError, match="certificate"):
        await asyncio.to_thread(send, receiver(webhook=None, mail=mail | {"ca_file": None}), BODY)
    server.close()

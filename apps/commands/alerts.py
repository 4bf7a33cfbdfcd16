"""Command ``twin alerts``: try receivers, count what was sent."""

from __future__ import annotations

from pathlib import Path

import click

from apps.commands.options import basin_options
from twin.errors import TwinError


class NoReceiverError(TwinError):
    """Missing receiver of alerts."""

    zh = "site.yaml 的 alerts 中没有此接收者：{message}"


@click.group()
def alerts() -> None:
    """Try and count the alerts to mail and webhooks."""


@alerts.command()
@basin_options
@click.option("--to", "names", multiple=True, help="Only this receiver (may be given again).")
def test(catalog: Path, root: Path | None, store: Path | None, names: tuple[str, ...]) -> None:
    """Send a test message to each receiver of site.yaml."""
    from twin.alarms.alert_sending import AlertRefusedError, send  # noqa: PLC0415
    from twin.basin import Basin  # noqa: PLC0415

    basin = Basin.open(catalog, root=root, store=store)
    found = [one for one in basin.site.alerts if not names or one.id in names]
    if missing := set(names) - {one.id for one in found}:
        raise NoReceiverError(f"site.yaml has no receiver {', '.join(sorted(missing))} under alerts")
    if not found:
        raise NoReceiverError("site.yaml has no receivers under alerts; docs/alerts.md says how to add one")
    failed: list[AlertRefusedError] = []
    for receiver in found:
        name = basin.catalog.head.name.model_dump()[receiver.language]
        text = {"zh": f"测试通知：{name}", "en": f"Test of alerts: {name}"}[receiver.language]
        try:
            send(receiver, {"subject": text, "text": f"{text}\n", "change": "test"})
        except AlertRefusedError as error:
            failed.append(error)
        else:
            click.echo(f"{receiver.id}: sent")
    for refused in failed[:-1]:
        click.echo(str(refused), err=True)
    if failed:
        raise failed[-1]


@alerts.command()
@basin_options
def counts(catalog: Path, root: Path | None, store: Path | None) -> None:
    """Print how many alerts are sent, waiting and given up."""
    from twin.alarms.alert_outbox import AlertOutbox  # noqa: PLC0415
    from twin.alarms.alerting import FILE  # noqa: PLC0415
    from twin.basin import Basin  # noqa: PLC0415
    from twin.live import folder_of  # noqa: PLC0415

    path = folder_of(Basin.open(catalog, root=root, store=store)) / FILE
    found = AlertOutbox(path).counts() if path.exists() else {}
    for receiver, states in sorted(found.items()):
        click.echo(f"{receiver}: " + ", ".join(f"{state} {n}" for state, n in sorted(states.items())))
    if not found:
        click.echo("no alert was made yet")

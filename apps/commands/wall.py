"""Command ``twin wall``: draw again what the wall showed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from apps.commands.new_file import new_file
from apps.commands.options import basin_options
from twin.catalog import load_catalog_leniently
from twin.store import Store

if TYPE_CHECKING:
    from apps.hub.wall.wall_journal import ShownPicture


@click.group()
def wall() -> None:
    """Draw again what the wall showed."""


@wall.command()
@basin_options
@click.option(
    "--at", "at_text", required=True, metavar="TIME", help="Like 2026-11-30T08:00, the site's time."
)
@click.option("--output", "-o", type=click.Path(path_type=Path), required=True, help="A PNG, a new file.")
def show(catalog: Path, root: Path | None, store: Path | None, at_text: str, output: Path) -> None:
    """Draw the wall's picture of a time.

    With names and values as they were. On the same machine it is compared with what was shown, pixel by
    pixel.
    """
    from apps.hub.wall.wall_journal import shown_at  # noqa: PLC0415

    read, _ = load_catalog_leniently(catalog, root=root)
    at = _time(at_text, ZoneInfo(read.site.time_zone))
    shown = shown_at(Store.beside(read.path, store).folder, at)
    with new_file(output, option="--output") as partial:
        content, same = asyncio.run(_drawn(catalog, root, store, shown))
        partial.write_bytes(content)
    zone = ZoneInfo(read.site.time_zone)
    mark = f"{shown.mark['word']} {shown.mark.get('by', '')}".strip() if shown.mark.get("word") else "live"
    if shown.mark.get("drill"):
        mark = f"{mark}, {shown.mark['drill']}"
    click.echo(f"{output}: shown at {shown.at.astimezone(zone):%Y-%m-%d %H:%M:%S}, {mark}")
    click.echo(
        {
            None: "drawn sharp, not compared: the camera flew, or it was not at rest for long enough",
            True: "equal to what was shown, pixel by pixel",
            False: "not equal to what was shown, pixel by pixel: other data, machine or graphics driver",
        }[same]
    )


def _time(text: str, zone: ZoneInfo) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no time; write it like 2026-11-30T08:00") from None
    return (found if found.tzinfo is not None else found.replace(tzinfo=zone)).astimezone(UTC)


async def _drawn(
    catalog: Path, root: Path | None, store: Path | None, shown: ShownPicture
) -> tuple[bytes, bool | None]:
    """The picture as a PNG, and whether its JPEG is the one that was shown; None where the camera flew."""
    from apps.hub.wall.redrawing import smooth  # noqa: PLC0415
    from apps.hub.wall.wall_journal import digest_of  # noqa: PLC0415
    from apps.painter.pool import PainterPool  # noqa: PLC0415

    pool = PainterPool(catalog, root=root, store=store)
    running = asyncio.create_task(pool.run())
    try:
        await pool.describe(shown.request.target)
        same = None
        if shown.digest:
            same = digest_of((await smooth(pool, shown.request, burnt=False)).content) == shown.digest
        return (await smooth(pool, shown.request, burnt=True)).content, same
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

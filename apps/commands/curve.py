"""Command ``twin curve``: derive an operating curve from dated reports.

The curve is an edition of its own.
"""

from __future__ import annotations

import csv
from pathlib import Path

import click

from apps.commands.new_file import new_file
from apps.commands.options import basin_options
from apps.commands.printing import km2, volume
from twin.basin import Basin
from twin.catalog import RunEntry
from twin.errors import TwinError
from twin.water.curve import Curve
from twin.water.deriving import Derived, LevelReport, derive
from twin.water.flood_points import points_from_csv


class NoReportsError(TwinError):
    """Missing reports to derive a curve from."""

    zh = "没有同时给出水位和蓄水量的报告：{message}"


@click.command()
@basin_options
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="New CSV; its name names the edition."
)
@click.option("--base", help="Edition to start from (default: the first in the catalog).")
@click.option("--reports", type=click.Path(path_type=Path), help="CSV of reports (default: its runs).")
def curve(
    catalog: Path, root: Path | None, store: Path | None, out: Path, base: str | None, reports: Path | None
) -> None:
    """Derive an operating curve from dated reports, as a new edition.

    Reports are of level and storage.
    """
    basin = Basin.open(catalog, root=root, store=store)
    found = _reports(basin, reports)
    if not found:
        where = reports or "the catalog's runs"
        raise NoReportsError(f"{where}: no time has both a level and a storage; name a table with --reports")
    from_edition = basin.water.edition(base)
    derived = derive(from_edition, found, edition_id=out.stem)
    _write(out, derived.curve)
    _tell(out, from_edition, derived, found)


def _reports(basin: Basin, reports: Path | None) -> list[LevelReport]:
    """Every published time with both a level and a storage."""
    entries = basin.catalog.of_class(RunEntry)
    tables = [(path, entry.source) for entry in entries if (path := basin.table(entry.id)) is not None]
    if reports is not None:
        tables = [(reports, reports.name)]
    return [
        LevelReport(time=point.time, level_m=point.level_m, storage_m3=point.storage_m3, source=source)
        for path, source in tables
        for point in points_from_csv(path, zone=basin.site.time_zone)
        if point.level_m is not None and point.storage_m3 is not None
    ]


def _write(out: Path, curve: Curve) -> None:
    with new_file(out, option="--out") as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("level_m", "area_m2", "storage_m3"))
        writer.writerows(zip(curve.level_m, curve.area_m2, curve.storage_m3, strict=True))


def _tell(out: Path, base: Curve, derived: Derived, reports: list[LevelReport]) -> None:
    edition = derived.curve.edition
    worst = max(map(abs, derived.residual_m3))
    click.echo(
        f"{out}: {base.id} shifted by {volume(derived.shift_m3, sign='+')}"
        f" and tilted by {km2(derived.tilt_m2, sign='+')}, from {len(reports)} reports;"
        f" the worst is off by {volume(worst)}. To use it, add to the catalog:\n\n"
        f"  {edition.id}:\n    kind: curve\n    status: derived\n"
        f"    title: {{zh: 运行库容曲线, en: Operating curve}}\n    driver: table\n    uri: {out.name}\n"
        f'    edition: "{edition.id}"\n    since: {edition.dated}\n    source: "{edition.source}"\n'
        f"    access: internal"
    )

"""Name the options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite, nan
from pathlib import Path
from typing import Any

import click

from twin.store import Store

PROJECT_CATALOG = Path(__file__).resolve().parents[2] / "data_catalog.yaml"


class FiniteNumber(click.ParamType[float]):
    """Finite number from ``low`` to ``high``."""

    name = "number"

    def __init__(self, *, low: float = -inf, high: float = inf) -> None:
        self._low, self._high = low, high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = float("nan" if "_" in str(value) else value)  # 1_50 is no way to write 150
        except (TypeError, ValueError):
            number = nan
        if not isfinite(number):
            self.fail(f"{value!r} is not a finite number", param, ctx)
        if not self._low <= number <= self._high:
            upper = "" if self._high == inf else f", at most {self._high:g}"
            self.fail(f"{value} must be at least {self._low:g}{upper}", param, ctx)
        return number


def basin_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add CATALOG, --root and --store, the same on every command."""
    for option in (
        click.option("--store", type=click.Path(path_type=Path), help="Folder of products (default: .twin)."),
        click.option("--root", type=click.Path(path_type=Path), help="Folder that relative uris start from."),
        click.argument("catalog", type=click.Path(path_type=Path), default=PROJECT_CATALOG),
    ):
        command = option(command)
    return command


detail_option = click.option(
    "--detail",
    type=click.Choice(["normal", "high"]),
    help="How fine the sample's villages are made (default: the catalog's); high is for measuring.",
)

ray_option = click.option(
    "--ray", metavar="ADDRESS", help="Over the nodes of a Ray cluster: HOST:PORT of its head, auto or local."
)

users_option = click.option(
    "--users", type=click.Path(path_type=Path), help="File of users (default: users.toml beside the store)."
)


def users_path(catalog: Path, *, store: Path | None, users: Path | None) -> Path:
    """Return the file of users of a catalog's server."""
    return (
        users if users is not None else Store.beside(catalog, store).folder.absolute().with_name("users.toml")
    )

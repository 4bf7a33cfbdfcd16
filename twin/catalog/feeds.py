"""Feeds of ``site.yaml``: drivers, and keys common to all.

A driver is one file, with its spec and what runs by it, and one line here. It is imported when a site names
it, so that reading a catalog loads no client of a broker or a database. Secrets never stand in the file: only
names of environment variables do.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from functools import partial
from pathlib import Path
from pkgutil import resolve_name
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from twin.catalog.problems import Problem
from twin.catalog.types import Names, Slug, Strict
from twin.catalog.validation_messages import dotted, nearest, short, validate
from twin.catalog.yaml_tree import Document
from twin.catalog.yaml_tree import Path as KeyPath

DRIVERS: dict[str, str] = {
    "sample": "twin.sample.monitoring.sample_feed:SampleSpec",
    "sl651": "twin.stations.feeds.sl651.feed:Sl651Spec",
    "http": "twin.stations.feeds.http:HttpSpec",
    "sensorthings": "twin.stations.feeds.sensorthings:SensorThingsSpec",
    "mqtt": "twin.stations.feeds.mqtt:MqttSpec",
    "sl323": "twin.stations.feeds.sl323:Sl323Spec",
    "forecast": "twin.stations.feeds.forecast_feed:ForecastSpec",
}
"""Where the spec of each driver stands."""

Port = Annotated[int, Field(ge=0, le=65_535)]
EnvName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is none
        whole = False
    if not whole or re.search(r"[\s\x00-\x1f]", value):
        raise ValueError("is no address; write it like https://host/path")
    if parts.username or parts.password:
        raise ValueError("holds a password: put it into an environment variable and name that in token_env")
    return value


Url = Annotated[str, AfterValidator(_url), Field(max_length=500)]


class FeedSpec(Strict, ABC):
    """Common keys of every feed.

    Each driver's own spec adds to it and names its ``driver``.
    """

    synthetic: ClassVar[bool] = False
    """Whether its values are invented."""

    id: Slug
    title: Names
    stations: Slug = Field(description="The catalog entry of kind 'stations' that the values belong to.")
    enabled: bool = True
    driver: str

    @property
    def own_time(self) -> bool:
        """Whether times of values come from this machine's clock.

        Such values are no evidence of its error.
        """
        return False

    @abstractmethod
    def make(self, context: Any) -> Any:
        """Make the ``Feed`` that runs, with a ``FeedContext`` (``twin/stations/feeds/base.py``)."""


def spec_of(driver: str) -> type[FeedSpec]:
    """Import the spec of a driver.

    Raises KeyError for one that is not here.
    """
    spec: type[FeedSpec] = resolve_name(DRIVERS[driver])
    return spec


def read_feeds(value: list[Any], *, file: Path, document: Document) -> tuple[list[FeedSpec], list[Problem]]:
    """Read a site's feeds by driver, with all their problems."""
    feeds: list[FeedSpec] = []
    problems: list[Problem] = []
    for k, item in enumerate(value):
        say = partial(_problem, ("feeds", k), file=file, document=document)
        told, key = item, "driver"
        if isinstance(item, dict) and "way" in item and "driver" not in item:
            told, key = {("driver" if name == "way" else name): item[name] for name in item}, "way"
            problems.append(
                say(key, "old-word", "is called driver now: write driver instead", severity="warning")
            )
        if (refused := _refusal(told)) is not None:
            problems.append(say(key, *refused))
            continue
        spec = spec_of(str(told["driver"])) if isinstance(told, dict) else FeedSpec
        feed, wrong = validate(spec, told, file=file, document=document, at=("feeds", k))
        problems += wrong
        feeds += [feed] if feed is not None else []
    ids = [feed.id for feed in feeds]
    for twice in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        problems.append(
            _problem((), "feeds", "bad-value", f"holds the id {twice!r} twice", file=file, document=document)
        )
    return feeds, problems


def _refusal(told: object) -> tuple[str, str, str] | None:
    """Code, words and hint where no driver is named that is here; None for what is no group of keys."""
    if not isinstance(told, dict):
        return None
    if "driver" not in told:
        return "missing-key", "is missing", nearest("", DRIVERS)
    if told["driver"] is None:
        return "bad-value", "is empty", nearest("", DRIVERS)
    name = str(told["driver"])
    return None if name in DRIVERS else ("bad-value", f"cannot be {short(name)}", nearest(name, DRIVERS))


def _problem(
    at: KeyPath,
    key: str,
    code: str,
    message: str,
    hint: str = "",
    *,
    file: Path,
    document: Document,
    severity: Literal["error", "warning"] = "error",
) -> Problem:
    path = (*at, key)
    return Problem(
        file=file,
        line=document.line_of(path),
        key=dotted(path),
        code=code,
        message=message,
        hint=hint,
        severity=severity,
    )

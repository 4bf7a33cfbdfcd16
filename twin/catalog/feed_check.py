"""Check feeds of ``site.yaml``: stations exist, secrets are set."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Literal

from twin.catalog.catalog import Catalog
from twin.catalog.entries import StationsEntry
from twin.catalog.problems import Problem
from twin.catalog.validation_messages import dotted, nearest
from twin.catalog.yaml_tree import Path, read_yaml

Severity = Literal["error", "warning"]


def feed_problems(catalog: Catalog) -> list[Problem]:
    """Return problems of feeds without stations or secrets.

    A feed for stations that are not there is an error, a secret that is not set here a doubt.
    """
    file = catalog.path.parent / catalog.head.site
    try:
        document = read_yaml(file.read_bytes())
    except OSError:
        return []  # said by who reads the site
    told: list[Problem] = []

    def say(key: Path, words: str, severity: Severity, hint: str = "") -> None:
        told.append(
            Problem(
                file=file,
                line=document.line_of(key),
                key=dotted(key),
                code="bad-value" if severity == "error" else "doubtful-data",
                message=words,
                hint=hint,
                severity=severity,
            )
        )

    known = [entry.id for entry in catalog.of_class(StationsEntry)]
    broken = {entry.id for entry in catalog.broken.values()}
    for k, feed in enumerate(catalog.site.feeds):
        key = ("feeds", k, "stations")
        if feed.stations in broken:
            say(key, f"the entry {feed.stations!r} cannot be used", "warning")
        elif feed.stations not in known:
            words = f"the catalog has no entry {feed.stations!r} of the kind stations"
            say(key, words, "error", nearest(feed.stations, known))
        elif feed.stations != known[0]:
            say(key, f"only the first entry of the kind stations is live, which is {known[0]!r}", "error")
        for name in (name for name in type(feed).model_fields if name.endswith("_env")):
            _secret(getattr(feed, name), ("feeds", k, name), say)
    _secret(catalog.site.observations.url_env, ("observations", "url_env"), say)
    return told


def _secret(name: str | None, key: Path, say: Callable[[Path, str, Severity], None]) -> None:
    if name is not None and not os.environ.get(name):
        say(key, f"the environment variable {name} is not set here; the live service needs it", "warning")

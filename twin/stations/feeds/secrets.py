"""Read the secrets of feeds from the environment."""

from __future__ import annotations

import os

from twin.stations.feeds.base import FeedError


def secret_of(name: str | None) -> str | None:
    """Read an environment variable; None where none is named.

    Raises FeedError where it is not set.
    """
    if name is None:
        return None
    value = os.environ.get(name)
    value = (value or "").rstrip("\r\n")  # a file that it was read from ends its line
    if not value:
        raise FeedError(f"the environment variable {name} is not set; site.yaml names it")
    if not value.isprintable():
        raise FeedError(f"the environment variable {name} holds a line's end or another control character")
    return value

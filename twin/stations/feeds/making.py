"""From what ``site.yaml`` declares to a feed that runs."""

from __future__ import annotations

from twin.catalog.feeds import AnyFeed
from twin.stations.clocks import Clocks
from twin.stations.feeds.base import Feed
from twin.stations.network import Network


def make_feed(spec: AnyFeed, network: Network, *, clocks: Clocks) -> Feed:
    """The feed of a declaration; nothing runs yet."""
    from twin.stations.feeds.sample import SampleStations  # noqa: PLC0415

    return SampleStations(spec.id, network, clocks=clocks)

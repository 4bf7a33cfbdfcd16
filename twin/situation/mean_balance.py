"""Average a lake's inflow minus release over a stretch."""

from __future__ import annotations

import numpy as np

from twin.situation.hour_means import hour_means
from twin.situation.net_rate import Rate, flow_balance
from twin.stations.snapshot import Past


def mean_balance(inflow: Past, release: Past, *, start_s: float, end_s: float) -> Rate | None:
    """Return the mean balance of flows, m³/s.

    Over the hours that both have,
    from ``start_s`` to ``end_s``, seconds since 1970; None where no hour has both.
    """
    came = hour_means(inflow, start_s=start_s, end_s=end_s)
    went = hour_means(release, start_s=start_s, end_s=end_s)
    both = [pair for pair in zip(came, went, strict=True) if None not in pair]
    if not both:
        return None
    inflow_m3s, release_m3s = np.array(both, np.float64).mean(axis=0).tolist()
    return flow_balance(inflow_m3s, release_m3s)

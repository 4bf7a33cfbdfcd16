"""Share out a village's households and people over its houses."""

from __future__ import annotations

import numpy as np

from twin.arrays import F64, I32, I64


def share_out(total: int, weight: F64, *, rng: np.random.Generator) -> I64:
    """Split ``total`` into whole numbers by weights; ties are drawn."""
    if weight.size == 0:
        return np.zeros(0, np.int64)
    exact = total * weight / weight.sum()
    out: I64 = np.floor(exact).astype(np.int64)
    order = np.argsort(out - exact + 1e-6 * rng.random(weight.size), kind="stable")
    out[order[: total - int(out.sum())]] += 1
    return out


def settle(storeys: I32, *, households: int, people: int, rng: np.random.Generator) -> tuple[I64, I64]:
    """Return (households, people) of every house.

    A house has its household; more go to those of two storeys.
    """
    first = np.minimum(1, np.arange(storeys.size) < households).astype(np.int64)
    more = share_out(
        max(0, households - storeys.size), storeys**2.0 * rng.uniform(0.4, 1.6, storeys.size), rng=rng
    )
    homes = first + more if storeys.size else first
    each = np.minimum(homes, people)
    lives = share_out(people - int(each.sum()), homes * rng.uniform(0.5, 1.5, homes.size) + 1e-9, rng=rng)
    return homes, each + lives

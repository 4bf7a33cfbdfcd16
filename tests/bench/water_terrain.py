"""A fractal terrain for the benchmarks of the water."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

import numpy as np
import scipy.fft

from twin.arrays import I32

HURST = 0.8
RELIEF_M = 300.0


def fractal_cm(size: int, *, seed: int = 7) -> I32:
    """A ``size`` × ``size`` fractal terrain (spectral synthesis), int32 cm from 0 to 300 m."""
    noise = np.random.default_rng(seed).standard_normal((size, size)).astype(np.float32)
    spectrum = scipy.fft.rfft2(noise)
    across = np.fft.fftfreq(size).astype(np.float32)[:, None]
    along = np.fft.rfftfreq(size).astype(np.float32)[None, :]
    wave = np.hypot(across, along)
    wave[0, 0] = np.inf
    heights = scipy.fft.irfft2(spectrum * wave ** np.float32(-HURST - 1), s=(size, size))
    heights -= heights.min()
    return np.rint(heights * (RELIEF_M * 100 / heights.max())).astype(np.int32)


def lowest(ground_cm: I32) -> tuple[int, int]:
    """(row, col) of the lowest cell."""
    row, col = np.unravel_index(int(np.argmin(ground_cm)), ground_cm.shape)
    return int(row), int(col)


def medians_s(works: Mapping[str, Callable[[], object]], repeat: int) -> dict[str, float]:
    """Median seconds of each work, after one run that warms up.

    Every round runs all of them, so that a busy machine slows all of them alike.
    """
    times: dict[str, list[float]] = {name: [] for name in works}
    for round_ in range(repeat + 1):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            if round_:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(took) for name, took in times.items()}


def median_s(work: Callable[[], object], repeat: int) -> float:
    """Median seconds of ``repeat`` runs after one that warms up."""
    return medians_s({"": work}, repeat)[""]

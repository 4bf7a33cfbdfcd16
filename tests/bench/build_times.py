"""Building a basin: from nothing, again with nothing changed, and after one changed barrier.

Prints Markdown. ``--catalog`` and ``--root`` choose the basin (default: the sample).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from meshes.pipeline import build, is_built
from twin.build import Step

PROJECT = Path(__file__).resolve().parents[2]


class StepTimes:
    """Seconds each step took, in order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def __call__(self, step: Step, *, done: float, seconds_left: float) -> None:
        now = time.perf_counter()
        self.seconds[step.name] = self.seconds.get(step.name, 0.0) + now - self._last
        self._last = now


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalog", type=Path, default=PROJECT / "data_catalog.yaml")
    parser.add_argument("--root", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        times = StepTimes()
        first = build(options.catalog, root=options.root, store=store, progress=times)
        second = build(options.catalog, root=options.root, store=store)
        start = time.perf_counter()
        assert is_built(options.catalog, root=options.root, store=store)
        asked_s = time.perf_counter() - start
        size_mb = sum(file.stat().st_size for file in store.rglob("*") if file.is_file()) / 1e6
    print("| what | seconds |\n|---|---|")
    print(f"| whole build, {len(first.made)} products, {size_mb:.0f} MB | {first.seconds:.1f} |")
    for name, seconds in sorted(times.seconds.items(), key=lambda item: -item[1])[:6]:
        print(f"| … of that {name} | {seconds:.1f} |")
    print(f"| second build, nothing changed | {second.seconds:.2f} |")
    print(f"| asking whether anything has changed | {asked_s:.2f} |")


if __name__ == "__main__":
    main()

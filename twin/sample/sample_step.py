"""Step of the sample basin's sources."""

from __future__ import annotations

from pathlib import Path

from twin.build.step import Products, Step, StepProgress
from twin.products import SAMPLE


def sample_step() -> Step:
    """Make the step that generates the sample basin's files."""

    def make(folder: Path, _products: Products, progress: StepProgress) -> None:
        from twin.sample import generate  # noqa: PLC0415  (numba)

        generate(folder, progress=lambda _what, part: progress(part))

    return Step(
        name=SAMPLE,
        title=("生成示例流域", "generating the sample basin"),
        make=make,
        seconds=20,
    )

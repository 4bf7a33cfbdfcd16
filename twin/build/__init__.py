"""Build products from sources: steps, their keys, and the runner."""

from twin.build.run import BuildReport, Placer, Progress, outdated, run
from twin.build.step import Step

__all__ = ["BuildReport", "Placer", "Progress", "Step", "outdated", "run"]

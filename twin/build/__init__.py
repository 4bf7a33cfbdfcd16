"""From sources to products: steps, what their keys are made of, and the runner."""

from twin.build.run import BuildReport, Progress, outdated, run
from twin.build.step import Step

__all__ = ["BuildReport", "Progress", "Step", "outdated", "run"]

"""A build whose only step kills its process half-way, if it is to."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from twin.build import Step, run
from twin.store import Store


def make(folder: Path, _needs: object, progress: object) -> None:
    (folder / "half.txt").write_text("half")
    if sys.argv[2] == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    (folder / "whole.txt").write_text("whole")


def main() -> None:
    """Build into the store that the first argument names; ``die`` is the second where it is to be killed."""
    run(Store(Path(sys.argv[1])), [Step(name="a", title=("a", "a"), make=make)], catalog="c")

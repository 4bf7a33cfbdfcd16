"""Run every benchmark in full and write ``docs/performance.md``.

A benchmark is a script in this folder that prints Markdown; its first docstring line is its title.
"""

from __future__ import annotations

import ast
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = (
    "water_connection.py",
    "water_levels.py",
    "build_times.py",
    "stream_select.py",
    "stations.py",
    "live.py",
    "desk.py",
    "flight.py",
    "stills.py",
)

HEAD = """# Performance

What things cost, measured side by side with the peers named. Each section ends with what printed it;
all of it is made by `script/endurance --figures`. Ratios within a section are worth more than its seconds:
a machine that is shared with others is up to twice as slow from one minute to the next.

Machine: {machine}. Measured {day}.
"""


def machine() -> str:
    """The machine in words."""
    names = [
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    cores = len(os.sched_getaffinity(0))
    name = names[0] if names else platform.processor()
    return f"{name}, {cores} cores, no GPU, Python {platform.python_version()}"


def section(script: Path) -> str:
    """Run one benchmark and return its section."""
    title = (ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or script.stem).splitlines()[0]
    print(f"{script.name} …", file=sys.stderr, flush=True)
    done = subprocess.run([sys.executable, str(script)], check=True, text=True, stdout=subprocess.PIPE)
    return f"## {title.rstrip('.')}\n\n{done.stdout.strip()}\n\n`python tests/bench/{script.name}`\n"


def main(target: Path) -> None:
    sections = [section(HERE / name) for name in SCRIPTS]
    head = HEAD.format(machine=machine(), day=time.strftime("%Y-%m-%d"))
    target.write_text("\n".join([head, *sections]), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

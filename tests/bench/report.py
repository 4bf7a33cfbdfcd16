"""Run every benchmark in full and bring ``docs/performance.md`` up to date.

A benchmark is a script in this folder that prints a table; the first line of its docstring is the title of
its section. What people wrote around the tables stays.
"""

from __future__ import annotations

import ast
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = (
    "water_connection.py",
    "water_levels.py",
    "water_route.py",
    "build_times.py",
    "building.py",
    "stream_select.py",
    "stations.py",
    "live.py",
    "disturbed.py",
    "desk.py",
    "hand.py",
    "slow.py",
    "many_desks.py",
    "flight.py",
    "stills.py",
    "film.py",
    "affected.py",
    "wall_tour.py",
    "wall_watchers.py",
    "wall_back.py",
    "wall_hour.py",
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


def title_of(script: Path) -> str:
    """What its section is called."""
    text = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or script.stem
    return text.splitlines()[0].rstrip(".")


def printed_by(script: Path) -> str:
    """Run one benchmark; what it prints."""
    print(f"{script.name} …", file=sys.stderr, flush=True)
    done = subprocess.run([sys.executable, str(script)], check=True, text=True, stdout=subprocess.PIPE)
    return done.stdout.strip()


def sections(page: str) -> dict[str, str]:
    """Texts under the titles of a page."""
    found = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    return {title: text.strip("\n") for title, text in zip(found[1::2], found[2::2], strict=True)}


def renewed(text: str, *, printed: str, command: str) -> str:
    """A section's text with what was printed now in the place of its tables, and with its command."""
    fresh, blocks = _blocks(printed), _blocks(text)
    at = next((k for k, block in enumerate(blocks) if block.startswith("|")), len(blocks))
    above, below = (
        [block for block in some if not block.startswith("|") and block not in fresh]
        for some in (blocks[:at], blocks[at:])
    )
    out = [*above, *fresh, *below]
    if not any(command in block for block in out):
        out.append(f"`{command}`")
    return "\n\n".join(out)


def _blocks(text: str) -> list[str]:
    return [block for block in re.split(r"\n{2,}", text.strip("\n")) if block]


def main(target: Path) -> None:
    page = sections(target.read_text(encoding="utf-8")) if target.exists() else {}
    for name in SCRIPTS:
        command = f"python tests/bench/{name}"
        title = next((title for title, text in page.items() if command in text), title_of(HERE / name))
        page[title] = renewed(page.get(title, ""), printed=printed_by(HERE / name), command=command)
    head = HEAD.format(machine=machine(), day=time.strftime("%Y-%m-%d"))
    parts = [head, *(f"## {title}\n\n{text}\n" for title, text in page.items())]
    target.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""axe-core over a page, as installed from the npm folder beside this file."""

from __future__ import annotations

import fcntl
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

NPM = Path(__file__).parent / "npm"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}`));
}"""
SMALL = """() => [..."button|select|input|a[href]|[role=slider]|[role=option]".split("|")]
  .flatMap((what) => [...document.querySelectorAll(what)])
  .map((e) => [e.className || e.tagName, e.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && Math.min(box.width, box.height) < 23.9)
  .map(([name, box]) => `${name}: ${box.width} × ${box.height}`)"""


@cache
def script() -> str:
    """axe-core's script; installs it once where it is missing."""
    file = NPM / "node_modules" / "axe-core" / "axe.min.js"
    with (Path(tempfile.gettempdir()) / "miyun-twin-axe.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two workers of one run
        if not file.is_file():
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=NPM, check=True, capture_output=True)
    return file.read_text("utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds on a page as it is now, and what is smaller than 24 px and can be pressed."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(script())
    found: list[str] = page.evaluate(RUN, TAGS)
    return found + page.evaluate(SMALL)

"""Back and forth over the views that were flown from, as in a browser's history of pages."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from apps.browser import module

HERE = Path(__file__).parent
SCRIPT = Path(module.__file__).with_name("www") / "camera_history.js"


def answers(steps: list[list[Any]]) -> list[Any]:
    """What a history says to some steps, one after another."""
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, str(HERE / "history_cases.mjs"), str(SCRIPT)],
        input=json.dumps(steps),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[Any] = json.loads(done.stdout)
    return found


def view(number: int, **changes: float) -> dict[str, float]:
    """A camera; those of other numbers are elsewhere."""
    places = {"target_east_m": 5e5 + 1000.0 * number, "target_north_m": 4e6, "target_m": 0.0}
    return {**places, "distance_m": 3000.0, "heading_deg": 0.0, "pitch_deg": -30.0, **changes}


def test_back_forth_and_back_again() -> None:
    a, b, c, d = (view(n) for n in range(4))
    flown = [["leave", a], ["leave", b]]  # from a to b, from b to c
    back = [["step", -1, c], ["step", -1, b], ["step", -1, a]]
    forth = [["step", 1, a], ["step", 1, b], ["step", 1, c]]
    assert answers(flown + back + forth)[2:] == [b, a, None, b, c, None]
    assert answers([*flown, ["step", -1, c], ["leave", b], ["step", 1, d]])[2:] == [b, None, None]


def test_a_view_that_is_like_the_one_of_now_is_no_step() -> None:
    a, b = view(0), view(1)
    nearly = view(1, heading_deg=0.5, target_east_m=5e5 + 1010.0)
    assert answers([["leave", a], ["leave", b], ["step", -1, nearly]])[-1] == a
    assert answers([["leave", a], ["leave", a], ["step", -1, b], ["step", -1, a]])[2:] == [a, None]


def test_it_does_not_grow() -> None:
    steps = [["leave", view(n)] for n in range(200)] + [["step", -1, view(500 - n)] for n in range(60)]
    assert sum(answer is not None for answer in answers(steps)) == 50

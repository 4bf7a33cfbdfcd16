"""How commands print."""

from __future__ import annotations

import json
import sys

from rich.console import Console


def to_json(data: object) -> str:
    """JSON as the commands print it: no NaN, Chinese as it is."""
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)


def console() -> Console:
    """Standard output; a file or a pipe gets whole lines, however long.

    Texts are printed as they are: a station called "[old]" or ":sun:" has no markup in its name.
    """
    width = None if sys.stdout.isatty() else 240
    return Console(highlight=False, markup=False, emoji=False, width=width)

"""Format figures and tables that commands print."""

from __future__ import annotations

import json
import sys

from rich.console import Console


def to_json(data: object) -> str:
    """Format JSON as the commands print it: no NaN, Chinese unescaped."""
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)


def console() -> Console:
    """Return a console on standard output.

    A file or a pipe gets whole lines, however long. Texts are printed as they are: a station called "[old]"
    or ":sun:" has no markup in its name.
    """
    width = None if sys.stdout.isatty() else 240
    return Console(highlight=False, markup=False, emoji=False, width=width)


def volume(volume_m3: float, *, sign: str = "") -> str:
    """Format a volume in 1e8 m³, small ones in m³.

    In m³ where three decimals of 1e8 m³ would carry little; ``sign="+"`` for a difference.
    """
    if abs(volume_m3) >= 1e7:
        return f"{volume_m3 / 1e8:{sign}.3f} ×10⁸ m³"
    return f"{volume_m3:{sign},.0f} m³"


def km2(area_m2: float | None, *, sign: str = "") -> str:
    """Format an area in km², small ones in m².

    In m² where two decimals of km² would carry little; "–" for None.
    """
    if area_m2 is None:
        return "–"
    if abs(area_m2) >= 1e5 or not area_m2:
        return f"{area_m2 / 1e6:{sign}.2f} km²"
    return f"{area_m2:{sign},.0f} m²"

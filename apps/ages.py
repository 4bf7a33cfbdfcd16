"""Format ages in words."""

from __future__ import annotations

from apps.texts import texts
from twin.bilingual import Language

MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0


def age(seconds: float | None, language: Language, *, short: bool = False) -> str:
    """Format an age in its largest whole unit.

    A dash where there is none. ``short`` for words over the scene.
    """
    t = texts(language)
    kind = "age_short" if short else "age"
    if seconds is None:
        return t["none"]
    if seconds < 10.0:
        return t[f"{kind}_now"]
    for unit_s, unit in ((DAY_S, "days"), (HOUR_S, "hours"), (MINUTE_S, "minutes")):
        if seconds >= unit_s:
            return t[f"{kind}_{unit}"].format(n=int(seconds // unit_s))
    return t[f"{kind}_seconds"].format(n=int(seconds))

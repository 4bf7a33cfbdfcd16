"""Convert stored numbers to metres by scale, offset, unit and unit_mult."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from twin.arrays import F64
from twin.ingest.errors import FormatError
from twin.ingest.sandbox.raster_place import Vertical
from twin.ingest.sandbox.sidecars import Sidecars, Words
from twin.length_units import FOOT_M, LENGTHS, in_metres

SURVEY_FOOT_M = 1200 / 3937

# Not from PROJ's own table, whose 'decimeter' is a centimetre (9.x).
_METRES: Final = {
    **in_metres(*LENGTHS),
    **dict.fromkeys(("metre", "metres", "meter", "meters", "mtr"), 1.0),
    **dict.fromkeys(("decimetre", "decimetres", "decimeter", "decimeters"), 0.1),
    **dict.fromkeys(("centimetre", "centimetres", "centimeter", "centimeters"), 0.01),
    **dict.fromkeys(("millimetre", "millimetres", "millimeter", "millimeters"), 0.001),
    **dict.fromkeys(("kilometre", "kilometres", "kilometer", "kilometers"), 1000.0),
    **dict.fromkeys(("foot", "feet", "international foot", "international feet"), FOOT_M),
    **dict.fromkeys(("foot international", "intl foot", "ift", "ft int", "'"), FOOT_M),
    **dict.fromkeys(("us survey foot", "us survey feet", "us ft", "ft us", "ftus", "foot us"), SURVEY_FOOT_M),
    **dict.fromkeys(("sft", "usft", "survey foot", "survey feet", "us foot", "us feet"), SURVEY_FOOT_M),
    **dict.fromkeys(("yd", "yard", "yards"), 0.9144),
    "inches": 0.0254,
    **dict.fromkeys(("fathom", "fathoms"), 1.8288),
}
_NONE: Final = {"", "none", "unknown", "n/a", "unspecified"}
_ALIKE: Final = 1e-4  # relative: one kind of foot beside another
_EXACT: Final = 1e-9


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """Conversion of stored numbers to metres.

    metres = (stored · ``scale`` + ``offset``) · ``unit_m``, in float64 and rounded once.
    """

    scale: float = 1.0
    offset: float = 0.0
    unit_m: float = 1.0

    @property
    def nothing(self) -> bool:
        return self == Conversion()

    def metres(self, stored: NDArray[Any]) -> F64:
        """Convert stored numbers to metres."""
        return (stored.astype(np.float64) * self.scale + self.offset) * self.unit_m

    def stored(self, height_m: float) -> float:
        """Convert metres to the stored number, but for rounding."""
        return (height_m / self.unit_m - self.offset) / self.scale


def conversion(
    source: Any,
    band: int,
    *,
    vertical: Vertical | None,
    beside: Sidecars,
    unit_mult: float | None,
    words: Words,
) -> Conversion:
    """Return a band's conversion to metres; notes to ``words``.

    ``unit_mult`` is the catalog's, None where it says none. Raises FormatError where the file, what lies
    beside it and the catalog contradict each other, for a unit that is not known, for depths, and for numbers
    that are no heights.
    """
    own, pam = source, beside.band(band)
    if np.dtype(own.dtypes[band - 1]).kind not in "iuf":
        raise FormatError(f"holds numbers of the type {own.dtypes[band - 1]}, which are no heights")
    if vertical is not None and vertical.down:
        raise FormatError(
            f"says that it holds depths, counted downwards ({vertical.name}): make heights of them"
        )
    scale = _one_of("scale", own.scales[band - 1], 1.0, pam.scale, beside)
    offset = _one_of("offset", own.offsets[band - 1], 0.0, pam.offset, beside)
    if not math.isfinite(scale) or scale == 0 or not math.isfinite(offset):
        raise FormatError(
            f"has a scale of {scale:g} and an offset of {offset:g}: mend its metadata (gdal_edit)"
        )
    if scale != 1.0 or offset != 0.0:
        words.found.append(f"scale {scale:.10g}, offset {offset:.10g}")
    unit_m, name = _unit(own.units[band - 1], pam.unit, vertical=vertical, unit_mult=unit_mult)
    if unit_mult is None:
        if name and unit_m != 1.0:
            words.found.append(f"{name} × {unit_m:.8g} m")
        return Conversion(scale=scale, offset=offset, unit_m=unit_m)
    if scale != 1.0 and abs(unit_mult / scale - 1) < _EXACT:
        raise FormatError(
            f"applies its scale of {scale:g} itself, so unit_mult {unit_mult:g} would apply it twice: "
            "leave unit_mult out"
        )
    words.found.append(f"unit_mult {unit_mult:.10g}")
    if scale != 1.0 or offset != 0.0:
        words.doubts.append(
            f"its scale {scale:.10g} and offset {offset:.10g} are applied first, then unit_mult {unit_mult:g}"
        )
    if name and unit_m == 1.0 != unit_mult:
        words.doubts.append(
            f"says that its heights are in {name}; unit_mult {unit_mult:g} of the catalog is believed"
        )
    return Conversion(scale=scale, offset=offset, unit_m=unit_mult)


def _one_of(what: str, own: float, nothing: float, pam: float | None, beside: Sidecars) -> float:
    """The file's own number or PAM's; both only where they agree."""
    if pam is None or pam == own:
        return own
    if own == nothing:
        return pam
    raise FormatError(
        f"has the {what} {own:.10g}, and {beside.names['pam']} says {pam:.10g}: one is wrong, remove it"
    )


def _unit(
    own: str | None, pam: str | None, *, vertical: Vertical | None, unit_mult: float | None
) -> tuple[float, str]:
    """(metres in the unit, its name) as the vertical CRS, the band and PAM say; 1 and '' where none does."""
    told = [] if vertical is None else [(vertical.unit_m, vertical.unit)]
    names = [name for _, name in told]
    for text in (own, pam):
        if text is None or _plain(text) in _NONE or text in names:  # GDAL repeats the CRS's
            continue
        if _plain(text) in _METRES:
            told.append((_METRES[_plain(text)], text))
        elif unit_mult is None:
            raise FormatError(
                f"says that its heights are in {text[:30]!r}, which is no unit known here: say in the "
                "catalog what turns it into metres, unit_mult: 1.0 for the metre itself"
            )
    if not told:
        return 1.0, ""
    unit_m, name = told[0]
    for other_m, other in told[1:]:
        if abs(other_m / unit_m - 1) > _ALIKE:
            raise FormatError(f"says that its heights are in {name} and in {other}: one is wrong (gdal_edit)")
    if unit_mult is not None and unit_m != 1.0 and abs(unit_mult / unit_m - 1) > _ALIKE:
        raise FormatError(
            f"says that its heights are in {name} ({unit_m:.8g} m), the catalog's unit_mult says "
            f"{unit_mult:g}: one is wrong; leave unit_mult out, or mend the file (gdal_edit)"
        )
    return unit_m, name


def _plain(text: str) -> str:
    return " ".join(
        text.lower().replace("_", " ").replace("-", " ").replace("(", " ").replace(")", " ").split()
    )

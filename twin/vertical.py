"""Convert heights of a reference to working heights.

The heights of the reservoir's own gauge.

Signs: ``working = height + offset``. The offsets between references are settings of the catalog, dated and
shown; nothing is guessed. Near Miyun the 1985 datum lies 0.26-0.46 m above EGM2008's geoid, the geoid about
7.35 m below the ellipsoid, and Dagu differs from 1985 by an amount that weak sources put at 1.2 m.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from twin.errors import TwinError

Reference = Literal["ellipsoidal", "EGM96", "EGM2008", "1985", "Dagu", "local", "unknown"]
"""What heights count from."""

_NAMES: Final = {
    "yellow sea 1985": "1985",
    "egm96": "EGM96",
    "egm2008": "EGM2008",
    "llipsoid": "ellipsoidal",
}
"""What the names of vertical systems hold, and the reference that they are in a catalog."""


class StatedHeights(Protocol):
    """Stated height reference of a data set, and its offset, m.

    The offset is its own to working heights.
    """

    @property
    def reference(self) -> Reference: ...
    @property
    def offset_m(self) -> float | None: ...


class HeightOffsets(Protocol):
    """Offsets between references, as ``vertical`` of a catalog gives them; m."""

    @property
    def edition(self) -> str: ...
    @property
    def working(self) -> Reference: ...
    @property
    def offsets_m(self) -> Mapping[Reference, float]: ...
    @property
    def geoid(self) -> Reference: ...
    @property
    def geoid_separation_m(self) -> float | None: ...


class VerticalError(TwinError):
    """Reference without a known offset to working heights."""

    zh = "高程基准有误：{message}"


@dataclass(frozen=True, kw_only=True)
class HeightShift:
    """Offset of a data set's heights, and their comparability.

    Whether they are then comparable with the gauge's. ``known`` is False for an unknown reference: such
    heights are shown, marked, and left out of lists of what is affected.
    """

    offset_m: float
    reference: str
    working: str
    known: bool
    settings_edition: str

    def __str__(self) -> str:
        """The shift in words, with all its digits down to 0.1 mm and two at least."""
        text = f"{self.offset_m:+.4f}"
        offset = text.removesuffix("00") if text.endswith("00") else text.rstrip("0")
        if not self.known:
            return f"{self.reference} {offset} m, reference unknown"
        return f"{self.reference} {offset} m = {self.working}"


def height_shift(heights: StatedHeights | None, *, settings: HeightOffsets) -> HeightShift:
    """Return the shift of heights to working heights.

    Of ``heights.reference``; None means they already are. The entry's own ``offset_m`` wins, then the
    settings' ``offsets_m``; an ellipsoidal height h first becomes h - N, where N is the geoid's height above
    the ellipsoid. Raises VerticalError where no way is given.
    """
    reference = settings.working if heights is None else heights.reference
    own = None if heights is None else heights.offset_m
    return HeightShift(
        offset_m=_offset(reference, settings) if own is None else own,
        reference=reference,
        working=settings.working,
        known=reference != "unknown" and (own is not None or settings.working != "unknown"),
        settings_edition=settings.edition,
    )


def reference_doubts(told: str, heights: StatedHeights) -> list[str]:
    """Return a doubt where file and catalog name other references.

    ``told`` is the file's vertical system.
    """
    plain = told.lower().replace("_", " ")
    means = next((name for part, name in _NAMES.items() if part in plain), None)
    if heights.reference in ("local", "unknown", means):
        return []
    return [
        f"says that its heights count from {told}, the catalog says {heights.reference}, which is believed"
    ]


def ellipsoid_minus_working_m(settings: HeightOffsets) -> float:
    """Return the offset from working to ellipsoidal heights, m.

    As viewers of the globe need them. 0 where the catalog's settings give no way: such a viewer then shows
    the basin as if the geoid were the ellipsoid, some metres to tens of metres too high or too low. This
    system places nothing by it.
    """
    try:
        return -_offset("ellipsoidal", settings)
    except VerticalError:
        return 0.0


def _offset(reference: Reference, settings: HeightOffsets) -> float:
    if reference in (settings.working, "unknown"):
        return 0.0
    if reference in settings.offsets_m:
        return settings.offsets_m[reference]
    if reference == "ellipsoidal" and settings.geoid_separation_m is not None:
        return -settings.geoid_separation_m + _offset(settings.geoid, settings)
    if settings.working == "unknown" and reference not in ("ellipsoidal", "local"):
        return 0.0  # some sea level to some sea level: decimetres apart, and marked as unknown
    raise VerticalError(
        f"no offset from {reference} to {settings.working}: set vertical.offset_m here, "
        f"or vertical.offsets_m.{reference} for the whole catalog",
        reference=reference,
        working=settings.working,
    )

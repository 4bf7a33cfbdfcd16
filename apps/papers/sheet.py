"""Sheet: all words of a page to keep.

Whoever fills one has chosen language, units and access; what draws it knows none of them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from layers.layer import LegendEntry

Kind = Literal["png", "pdf"]


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TitleField(_Plain):
    """Field of the title block."""

    label: str
    value: str


class Number(_Plain):
    """Figure with its unit, and where it comes from."""

    label: str
    value: str
    unit: str
    source: str


class Swatch(_Plain):
    """Sign of a legend."""

    colour: str
    text: str
    shape: Literal["area", "line", "point"] = "area"


class LayerLegend(_Plain):
    """Visible layer with its signs."""

    name: str
    swatches: tuple[Swatch, ...] = ()


class Headings(_Plain):
    """Headings of a sheet's parts; ``joined`` separates sources."""

    numbers: str
    legend: str
    sources: str
    joined: str
    more: str


class PaperSheet(_Plain):
    """Words of one page.

    ``tone`` is the colour (#rrggbb) of what is not live, '' for live; ``mode`` names it with its time,
    ``note`` says more. ``stamp`` is "synthetic data" where it is, ``id`` what the audit journal has,
    ``values`` when its live values were known. ``cells``
    are the fields of the title block in their order, ``sources`` one line for each visible entry. A
    cell's ``{sharpness}`` is filled by what lays the page out.
    """

    language: Literal["zh", "en"]
    unit: str
    title: str
    tone: str
    mode: str
    note: str
    stamp: str
    id: str
    values: str
    made_at: str
    headings: Headings
    numbers: tuple[Number, ...]
    remarks: tuple[str, ...]
    legend: tuple[LayerLegend, ...]
    cells: tuple[TitleField, ...]
    sources: tuple[str, ...]


def swatch(entry: LegendEntry, language: Literal["zh", "en"]) -> Swatch:
    """Return a legend's line in a language."""
    return Swatch(colour=entry.colour, text=entry.text[language], shape=entry.shape)

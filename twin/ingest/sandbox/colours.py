"""Detect which bands of a picture are its colours.

By what the file declares of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from rasterio.enums import ColorInterp

from twin.arrays import U8
from twin.ingest.errors import FormatError
from twin.ingest.sandbox.sidecars import Sidecars, Words

Kind = Literal["grey", "rgb", "cmyk", "palette"]

_RGB: Final = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
_NAMES: Final = {
    **{kind.name: kind for kind in (*_RGB, ColorInterp.alpha, ColorInterp.nir)},
    **{"红": ColorInterp.red, "绿": ColorInterp.green, "蓝": ColorInterp.blue},
    **dict.fromkeys(("近红外", "nearinfrared", "nir1", "nir2", "rededge", "红边"), ColorInterp.nir),
}
"""What PAM and descriptions of bands call the colours."""
_CMYK: Final = (ColorInterp.cyan, ColorInterp.magenta, ColorInterp.yellow, ColorInterp.black)


@dataclass(frozen=True, kw_only=True)
class ColourBands:
    """Colour bands of a picture, and its alpha band.

    ``bands`` count from 1; ``alpha`` is 0 for none. ``inverted`` grey counts from white; ``table`` (n, 4)
    uint8 holds red, green, blue and opacity of the indices of a palette.
    """

    kind: Kind
    bands: tuple[int, ...]
    alpha: int = 0
    inverted: bool = False
    table: U8 | None = None


def colours_of(source: Any, wanted: Sequence[int] | None, *, beside: Sidecars, words: Words) -> ColourBands:
    """Choose colour bands by catalog, interpretation, or order.

    The catalog's ``bands``, then colour interpretation, then their number and order. ``words`` gets what was
    decided and not said by the file. Raises FormatError for bands that are not there.
    """
    named = _names(source, beside, words)
    alpha = named.index(ColorInterp.alpha) + 1 if ColorInterp.alpha in named else 0
    if wanted is not None:
        if too_many := [number for number in wanted if number > source.count]:
            raise FormatError(f"has {source.count} bands, and band {too_many[0]} was asked for")
        return ColourBands(kind="rgb" if len(wanted) == 3 else "grey", bands=tuple(wanted), alpha=alpha)
    if table := _table(source, beside):
        return ColourBands(kind="palette", bands=(1,), alpha=alpha, table=_array(table))
    if all(kind in named for kind in _RGB):
        bands = tuple(named.index(kind) + 1 for kind in _RGB)
        if bands != (1, 2, 3) or source.count > 3 + bool(alpha):
            words.found.append(f"red, green, blue in bands {', '.join(map(str, bands))} of {source.count}")
        return ColourBands(kind="rgb", bands=bands, alpha=alpha)
    if all(kind in named for kind in _CMYK):
        words.found.append("cyan, magenta, yellow and black, turned into red, green and blue")
        return ColourBands(kind="cmyk", bands=tuple(named.index(kind) + 1 for kind in _CMYK), alpha=alpha)
    return _unnamed(source, named, alpha, beside, words)


def _unnamed(
    source: Any, named: list[ColorInterp], alpha: int, beside: Sidecars, words: Words
) -> ColourBands:
    """The first three bands, or the first alone."""
    plain = [number for number in range(1, source.count + 1) if number != alpha]
    if not plain:
        raise FormatError("has transparency and no colours")
    if len(plain) < 3:
        if len(plain) == 2:
            words.doubts.append(
                f"has 2 bands: band {plain[0]} is shown as grey, band {plain[1]} is not read; "
                f"bands: [{plain[0]}] in the catalog says so"
            )
        if (table := beside.names.get("colours")) is not None:
            words.doubts.append(
                f"the colours in {table} are not read, and it is shown as grey: write them into the file as "
                "its colour table"
            )
        inverted = source.tags(ns="IMAGE_STRUCTURE").get("MINISWHITE") == "YES"
        return ColourBands(kind="grey", bands=(plain[0],), alpha=alpha, inverted=inverted)
    bands = tuple(plain[:3])
    told = [named[number - 1].name for number in plain if named[number - 1] in (*_RGB, ColorInterp.nir)]
    if len(plain) > 3 or told:
        which = f"its bands are {', '.join(told)} among {len(plain)}" if told else f"has {len(plain)} bands"
        words.doubts.append(
            f"{which} and not red, green and blue by name: bands {', '.join(map(str, bands))} are shown as "
            "these; where that is wrong, set bands: [red, green, blue], their numbers, in the catalog"
        )
    return ColourBands(kind="rgb", bands=bands, alpha=alpha)


def _names(source: Any, beside: Sidecars, words: Words) -> list[ColorInterp]:
    """What each band is. Programs mark any three or four bands as red, green, blue and transparency: where
    the bands have names of colours, these are believed."""
    own = list(source.colorinterp)
    described = [_colour(text) for text in source.descriptions]
    if all(kind in described for kind in _RGB):
        named = [told or kind for told, kind in zip(described, own, strict=True)]
        if any(
            kind != was for kind, was in zip(named, own, strict=True) if was in (*_RGB, ColorInterp.alpha)
        ):
            words.doubts.append(
                f"its bands are named {', '.join(str(text) for text in source.descriptions)} and marked as "
                f"{', '.join(kind.name for kind in own)}: the names are believed"
            )
        return named
    return [
        _named(kind, beside.band(number).colour, source.descriptions[number - 1])
        for number, kind in enumerate(own, 1)
    ]


def _colour(text: str | None) -> ColorInterp | None:
    """The colour that a name is: Red, band_red, blue (B2), 红波段; None for other names."""
    plain = re.sub(r"\(.*?\)|band|波段|[_\s]", "", (text or "").lower())
    return _NAMES.get(plain)


def _named(own: ColorInterp, pam: str | None, description: str | None) -> ColorInterp:
    """The colour that the file gives a band; else PAM's, else the one that its description is.

    Near infrared by its name is no transparency, as which programs mark every fourth band.
    """
    if own == ColorInterp.alpha and _colour(description) == ColorInterp.nir:
        return ColorInterp.nir
    if own not in (ColorInterp.undefined, ColorInterp.gray):
        return own
    for text in (pam, description):
        if (name := _colour(text)) is not None:
            return name
    return own


def _table(source: Any, beside: Sidecars) -> dict[int, tuple[int, ...]]:
    """The colour table of the only band that counts, by index; empty where there is none."""
    if ColorInterp.palette in source.colorinterp[:1]:
        return dict(source.colormap(1))
    return dict(enumerate(beside.band(1).palette)) if source.count == 1 else {}


def _array(table: dict[int, tuple[int, ...]]) -> U8:
    """(n, 4) uint8; what the table does not name is clear."""
    out = np.zeros((max(table) + 1, 4), np.uint8)
    for index, colour in table.items():
        out[index] = np.clip(colour, 0, 255)
    return out

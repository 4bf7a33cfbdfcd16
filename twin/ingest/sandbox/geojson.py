"""Convert a GeoJSON into the form that OGR reads.

UTF-8, one document, without a byte order mark.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from twin.ingest.errors import FormatError, UnsupportedError
from twin.ingest.sandbox.encodings import UTF8, Told, decoded, marked

MOST_BYTES = 256 << 20
"""Larger files go to OGR as they are."""

_ENDS = 10_000
_CRS = re.compile(r'"crs"\s*:\s*\{[^{}]*(?:\{[^{}]*\})?[^{}]*\}')
_OTHERS = (
    (re.compile(r'"geometryType"\s*:\s*"esri|"spatialReference"\s*:'), "Esri's JSON"),
    (re.compile(r'"type"\s*:\s*"Topology"'), "TopoJSON"),
)


def prepared(path: Path, out: Path, told: Told | None) -> tuple[Path, list[str]]:
    """Return the file, or its UTF-8 copy, and notes.

    The copy is one document in ``out``. Raises FormatError.
    """
    if path.stat().st_size > MOST_BYTES:
        return path, []
    raw = path.read_bytes()
    encoding, body = marked(raw)
    notes: list[str] = []
    if encoding in (None, UTF8):
        read = decoded([body], told=told)
        if not read.encoding or (
            any("\ufffd" in text for text in read.texts) and b"\xef\xbf\xbd" not in body
        ):
            raise FormatError(f"line {_bad_line(body)} is not UTF-8, as a GeoJSON is; save it as UTF-8")
        text, notes, encoding = read.texts[0], list(read.notes), read.encoding
    else:
        text = body.decode(encoding, errors="replace")
    if encoding not in (UTF8, "ascii") and not notes:
        notes = [f"is {encoding}, and was read so; a GeoJSON is UTF-8 by its standard"]
    text = text.lstrip("\ufeff \t\r\n\x1e")
    head, tail = text[:_ENDS], text[-_ENDS:]
    for mark, name in _OTHERS:
        if mark.search(head) and '"FeatureCollection"' not in head:
            raise UnsupportedError(f"is {name}, which is not read: convert it to GeoPackage (ogr2ogr, QGIS)")
    notes += _unknown_crs(head, tail)
    lines = _lines(text)
    if lines:
        text = '{"type":"FeatureCollection","features":[' + ",\n".join(lines) + "]}"
    elif body == raw and encoding in (UTF8, "ascii") and not raw.startswith(b"\x1e"):
        return path, notes
    whole = out / f"{path.stem}.geojson"
    whole.write_text(text, encoding="utf-8", newline="")
    return whole, notes


def _lines(text: str) -> list[str]:
    """The documents of a file that holds one a line; none where it is one document."""
    first, _, rest = text.partition("\n")
    if not rest.lstrip("\x1e \r\n\t").startswith("{"):
        return []
    try:
        kind = json.loads(first).get("type")
    except (ValueError, AttributeError):
        return []
    if kind == "FeatureCollection":
        raise FormatError("holds several documents one after the other: make one of them")
    return [line for line in (line.strip("\x1e \r\t") for line in text.split("\n")) if line]


def _unknown_crs(head: str, tail: str) -> list[str]:
    """A doubt where a ``crs`` member names no system that is known: WGS84 is read then."""
    from pyproj import CRS  # noqa: PLC0415
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    found = _CRS.search(head) or _CRS.search(tail)
    if found is None or '"type"' not in found[0]:
        return []
    name = re.search(r'"name"\s*:\s*"([^"]*)"|"code"\s*:\s*"?(\d+)', found[0])
    try:
        CRS.from_user_input((name[1] or f"EPSG:{name[2]}") if name else "")
    except CRSError:
        shown = name[1] or name[2] if name else "by a link"
        return [
            f"names a coordinate system that is not known ({shown[:60]}): degrees of WGS84 or crs are taken"
        ]
    return []


def _bad_line(raw: bytes) -> int:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return raw[: error.start].count(b"\n") + 1
    return 1

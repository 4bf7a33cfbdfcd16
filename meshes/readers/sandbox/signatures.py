"""Recognise kinds of files by their first bytes, for error messages."""

from __future__ import annotations

PLY = "a PLY file"
_KINDS = {
    b"PK\3\4": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"%PDF": "a PDF",
    b"\x89HDF": "an HDF5 file",
    b"Kaydara FBX": "an FBX",
    b"LASF": "a LAS file",
    b"ASTM-E57": "an E57 file",
    b"# .PCD": "a PCD file",
    b"glTF": "a GLB",
    b"ply\n": PLY,
    b"ply\r": PLY,
    b"b3dm": "a tile (b3dm)",
    b"i3dm": "a tile (i3dm)",
    b"cmpt": "a tile (cmpt)",
    b"pnts": "a tile (pnts)",
    b"version https://git-lfs": "a pointer of Git LFS (git lfs pull fetches the file)",
    b"<!doctype html": "a web page",
    b"<html": "a web page",
    b"<?xml": "an XML file",
}
LONGEST = max(map(len, _KINDS))


def kind_of(head: bytes) -> str:
    """Return a file's kind by its first bytes, with article.

    Nothing where that is not known.
    """
    small = head[:LONGEST].lower()
    return next((name for sign, name in _KINDS.items() if small.startswith(sign.lower())), "")

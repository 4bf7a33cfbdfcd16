"""Choose the decompressor of a LAZ file.

Lazrs, or LASzip for forms that lazrs has not.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

import laspy

from meshes.errors import DamagedError, ForeignFileError, UnsupportedForeignError

_CHUNKED: Final = (2, 3)
"""Compressors of lazrs; 1 is the one of LASzip 1, a point after the other without a table."""
_VERSIONS: Final = {**dict.fromkeys(range(9), (2,)), 9: (1, 2), **dict.fromkeys(range(10, 15), (3,))}
"""The versions in which lazrs reads each kind of item of a point; it writes 9, waveforms, as 2."""
_ITEM, _ITEMS_AT, _MOST_ITEMS = 6, 34, 64
_FAULTS: Final = ("PanicException", "LazrsError", "LaszipError")


def backends(record: bytes) -> Sequence[laspy.LazBackend]:
    """Choose the decompressor by LASzip's own record.

    Of how points are packed. Raises DamagedError.
    """
    try:
        compressor, items = struct.unpack_from("<H", record)[0], struct.unpack_from("<H", record, 32)[0]
        kinds = [
            struct.unpack_from("<HHH", record, _ITEMS_AT + _ITEM * k) for k in range(min(items, _MOST_ITEMS))
        ]
    except struct.error:
        raise DamagedError("is damaged: it says that its points are packed, and not how") from None
    if compressor in _CHUNKED and all(version in _VERSIONS.get(kind, ()) for kind, _, version in kinds):
        return (laspy.LazBackend.LazrsParallel, laspy.LazBackend.Lazrs)
    return (laspy.LazBackend.Laszip,)


def fault(error: BaseException) -> ForeignFileError | None:
    """Translate a fault of an unpacking library; None for any other.

    A panic of lazrs is no Exception.
    """
    if type(error).__name__ not in _FAULTS:
        return None
    if "has version" in str(error):
        return UnsupportedForeignError("is packed in a newer form of LAZ than is read: save it as LAS")
    return DamagedError("is cut off or damaged: its packed points cannot be unpacked")

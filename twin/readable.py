"""Names of files from disks of Windows, whose bytes are not UTF-8."""

from __future__ import annotations

import os


def readable(text: str) -> str:
    """Decode surrogate escapes of file names as GB 18030.

    Other texts stay. Such a text can be neither printed nor written as JSON.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return os.fsencode(text).decode("gb18030", "replace")
    return text

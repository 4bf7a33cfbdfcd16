"""Parse the JSON documents that feeds send.

Decode by charset, limit the size.
"""

from __future__ import annotations

from typing import Any

from twin.stations.feeds.charsets import CharsetError, decoded
from twin.strict_json import JsonError, parse_json

MOST_BYTES = 8 << 20


class DocumentError(ValueError):
    """Document that is not taken.

    The message is the refusal's reason, a slug.
    """


def parse_document(data: bytes | str, *, declared: str | None = None, header: str | None = None) -> Any:
    """Parse a document; bytes are decoded by ``charsets``.

    Raises DocumentError.
    """
    if len(data) > MOST_BYTES:
        raise DocumentError("too-large")
    try:
        text = data if isinstance(data, str) else decoded(data, declared=declared, header=header)
        return parse_json(text)
    except CharsetError as error:
        raise DocumentError(str(error)) from None
    except JsonError as error:
        raise DocumentError(error.code) from None

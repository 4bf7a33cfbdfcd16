"""Say errors in the language of their reader, one line each."""

from __future__ import annotations

import re
from typing import Literal

from twin.errors import Reason, TwinError


def say(error: TwinError, language: Literal["zh", "en"]) -> str:
    """What an error says."""
    return _one_line(error.in_chinese() if language == "zh" else str(error))


def told(reason: Reason, language: Literal["zh", "en"]) -> str:
    """Why something cannot be used; a reason without Chinese stands in a general sentence."""
    if language == "en":
        return _one_line(reason.message)
    return _one_line(reason.zh or TwinError.zh.format(message=reason.message))


def without_folders(text: str) -> str:
    """A text for browsers: of each path of the server only the last part, which tells what it is about."""
    return re.sub(r"(?:sqlite:///)?/(?:[^\s:/]+/)+([^\s:/]+)", r"\1", text)


def _one_line(text: str) -> str:
    return " ".join(text.split())

"""Say errors in the language of their reader, one line each."""

from __future__ import annotations

import re

from apps.line_translation import translated
from apps.texts import texts
from twin.bilingual import Language
from twin.errors import Reason, TwinError


def say(error: Exception, language: Language) -> str:
    """Word an error for its reader; one that is a fault of the program gets a general sentence."""
    if not isinstance(error, TwinError):
        return texts(language)["error_unknown"]
    return told(Reason.of(error), language)


def told(reason: Reason, language: Language) -> str:
    """Why something cannot be used; a reason without Chinese stands in a general sentence."""
    message = _one_line(reason.message)
    if language == "en":
        return message
    words = _one_line(reason.zh or TwinError.zh.format(message=message))
    return words.replace(message, translated(message, language))


def without_folders(text: str) -> str:
    """A text for browsers: of each path of the server only the last part, which tells what it is about."""
    return re.sub(r"(?:sqlite:///)?/(?:[^\s:/]+/)+([^\s:/]+)", r"\1", text)


def _one_line(text: str) -> str:
    return " ".join(text.split())

"""Format errors in the reader's language, one line each."""

from __future__ import annotations

import re

from apps.line_translation import translated
from apps.texts import texts
from twin.bilingual import Language
from twin.errors import Reason, TwinError


def say(error: Exception, language: Language) -> str:
    """Format an error for its reader.

    One that is a fault of the program gets a general sentence.
    """
    if not isinstance(error, TwinError):
        return texts(language)["error_unknown"]
    return told(Reason.of(error), language)


def told(reason: Reason, language: Language) -> str:
    """Return a reason in a language.

    One without Chinese is put into a general sentence.
    """
    message = _one_line(reason.message)
    if language == "en":
        return message
    words = _one_line(reason.zh or TwinError.zh.format(message=message))
    return words.replace(message, translated(message, language))


def without_folders(text: str) -> str:
    """Strip folders of the server from a text for browsers.

    Of each path only the last part stays, which names what it is about.
    """
    return re.sub(r"(?:sqlite:///)?/(?:[^\s:/]+/)+([^\s:/]+)", r"\1", text)


def _one_line(text: str) -> str:
    return " ".join(text.split())

"""Choose the language of a sign-in page, and keep it for desks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, get_args

from twin.bilingual import Language

if TYPE_CHECKING:
    from aiohttp import web

COOKIE = "twin-language"
KEPT_S = 365 * 86400
LANGUAGES: tuple[Language, ...] = get_args(Language)


def language_of(request: web.Request, asked: Mapping[str, str] = MappingProxyType({})) -> Language:
    """Return the requested language, else the one of the cookie, else Chinese."""
    return _language(asked.get("language")) or _language(request.cookies.get(COOKIE)) or "zh"


def keep_language(request: web.Request, response: web.StreamResponse) -> None:
    """Set the cookie of the language that a page was requested in.

    Without one nothing is set. It is not signed: it holds nothing but zh or en.
    """
    if (language := _language(request.query.get("language"))) is not None:
        response.set_cookie(
            COOKIE,
            language,
            max_age=KEPT_S,
            path="/",
            httponly=True,
            secure=request.secure,
            samesite="Lax",
        )


def _language(text: str | None) -> Language | None:
    return text if text in LANGUAGES else None

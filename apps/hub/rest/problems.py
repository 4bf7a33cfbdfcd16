"""Answer refusals as problem details (RFC 9457), in the client's language."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, NamedTuple

from aiohttp import web

from apps.error_messages import say, without_folders
from apps.hub.edge import HEADERS
from twin.bilingual import Language
from twin.errors import TwinError

logger = logging.getLogger(__name__)

PREFIX = "/api/v1"
MEDIA_TYPE = "application/problem+json"
LATER_S = 5
"""A client refused for now is asked to come back after so many seconds."""


class NotThereError(TwinError):
    """Missing thing, or one that this visitor may not see.

    ``what`` names it.
    """

    zh = "没有此项：{what}"

    def __init__(self, what: str) -> None:
        super().__init__(f"there is no {what}", what=what)


class NoStationsHereError(TwinError):
    """Basin without stations, or without any that this visitor may see."""

    zh = "本流域没有测站"

    def __init__(self) -> None:
        super().__init__("this basin has no stations")


class ParameterError(TwinError):
    """Parameter or body that cannot be used; ``where``, ``why`` and ``why_zh``."""

    zh = "参数 {where} 有误：{why_zh}"

    def __init__(self, where: str, why: str, why_zh: str = "") -> None:
        super().__init__(f"{where}: {why}", where=where, why=why, why_zh=why_zh or why)


class NotReadyError(TwinError):
    """Basin that is not open yet."""

    zh = "流域数据尚未就绪，请稍后重试"

    def __init__(self) -> None:
        super().__init__("the basin is not open yet: try again in a few seconds")


class TooBusyError(TwinError):
    """Costly requests in greater number than are worked on at once."""

    zh = "同类请求过多，请稍后重试"

    def __init__(self) -> None:
        super().__init__("too many such requests are under way: try again in a few seconds")


class TooSlowError(TwinError):
    """Request that took longer than it may; ``seconds``."""

    zh = "请求在 {seconds:g} 秒内未能完成，请缩小范围后重试"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"not done within {seconds:g} s: ask for less, or later", seconds=seconds)


STATUS = {
    "NothingToSeeError": 403,
    "NotThereError": 404,
    "NoSuchCurveError": 404,
    "NoSuchDataError": 404,
    "NoStationsHereError": 404,
    "ParameterError": 422,
    "BadTimeError": 422,
    "LevelOutOfRange": 422,
    "StorageOutOfRange": 422,
    "HighestBelowLevel": 422,
    "NoSuchTimeError": 422,
    "PlanError": 422,
    "OutletError": 422,
    "TimedTableError": 422,
    "LinkError": 422,
    "ThinnedError": 410,
    "LiveRefusedError": 409,
    "LiveAwayError": 503,
    "NotReadyError": 503,
    "TooBusyError": 503,
    "TooSlowError": 503,
    "PainterGoneError": 503,
    "StoreError": 503,
}
"""Status of an error by the name of its class or a base: classes of a database are not loaded for it."""


class BilingualWords(NamedTuple):
    en: str
    zh: str


HTTP_WORDS = {
    400: BilingualWords("the request is not understood", "无法理解此请求"),
    401: BilingualWords(
        "sign in first, or send a token: Authorization: Bearer …", "请先登录，或在请求头中携带令牌"
    ),
    403: BilingualWords("this is not allowed to you here", "没有执行此操作的权限"),
    404: BilingualWords(
        "there is nothing at this address; see /api/v1/docs", "此地址不存在，参见 /api/v1/docs"
    ),
    405: BilingualWords("this address does not take that method", "此地址不支持该请求方法"),
    413: BilingualWords("the request is too large", "请求内容过大"),
    415: BilingualWords("the body must be application/json", "请求内容须为 application/json"),
    429: BilingualWords("too many requests: try again later", "请求过于频繁，请稍后重试"),
}


def language_of(request: web.Request) -> Language:
    """Return the language that a client prefers by Accept-Language.

    Chinese where it prefers none of ours.
    """
    best: tuple[float, Language] = (0.0, "zh")
    for part in request.headers.get("Accept-Language", "")[:500].split(","):
        name, _, weight = part.partition(";")
        found: Language | None = next((x for x in ("zh", "en") if name.strip().lower().startswith(x)), None)
        share = re.fullmatch(r"\s*q=([01](?:\.\d{1,3})?)\s*", weight)
        quality = 1.0 if not weight else float(share[1]) if share else 0.0
        if found is not None and quality > best[0]:
            best = quality, found
    return best[1]


def problem_of(error: Exception, request: web.Request) -> web.Response:
    """Return the answer to a request that failed.

    A fault of the program is logged and gets a general sentence.
    """
    if isinstance(error, web.HTTPException):
        words = HTTP_WORDS.get(error.status)
        detail = error.reason if words is None else getattr(words, language_of(request))
        found = problem(error.status, detail, code=_slug(HTTPStatus(error.status).phrase))
        for name in ("Allow", "WWW-Authenticate", "Retry-After"):
            if name in error.headers:
                found.headers[name] = error.headers[name]
        return found
    names = [kind.__name__ for kind in type(error).__mro__]
    status = next((STATUS[name] for name in names if name in STATUS), 500)
    if status == 500:
        logger.error("%s could not be answered", request.path, exc_info=error)
    return problem(status, without_folders(say(error, language_of(request))), code=_slug(names[0]))


def problem(status: int, detail: str, *, code: str) -> web.Response:
    """Make an answer of problem details."""
    told = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    headers = {**HEADERS, "Cache-Control": "no-store", "Vary": "Accept-Language"}
    if status == 503:
        headers["Retry-After"] = str(LATER_S)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = json.dumps(told, ensure_ascii=False, allow_nan=False).encode()
    return web.Response(status=status, body=body, content_type=MEDIA_TYPE, headers=headers)


@web.middleware
async def problems(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer whatever is refused under the REST interface as problem details."""
    if not request.path.startswith(f"{PREFIX}/"):
        return await handler(request)
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return problem_of(error, request)
    except Exception as error:  # noqa: BLE001  (one request's fault gets one answer, without a traceback)
        return problem_of(error, request)


def _slug(name: str) -> str:
    """Return a class's name or a phrase as words with hyphens, without "Error"."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name.removesuffix("Error"))
    return spaced.replace(" ", "-").lower()


PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "Problem details, RFC 9457; `detail` is for people, `code` for programs.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
    "required": ["type", "title", "status", "code", "detail"],
}
"""Schema of the answer to a refused request."""

"""Answer health and readiness probes.

And what the interface is.
"""

from __future__ import annotations

from typing import Literal

from aiohttp import web
from pydantic import Field

from apps.hub.rest.declared import Ask, JsonAnswer, Parameters, operation, tagged
from apps.hub.rest.problems import NotReadyError
from apps.hub.visitor import OPEN

DOCUMENT = web.AppKey("rest-document", bytes)
PAGE = web.AppKey("rest-page", bytes)


class HealthAnswer(JsonAnswer):
    """Sign of life."""

    status: Literal["ok"] = "ok"


@operation("GET", "/health", role=None, answer=HealthAnswer)
async def health(ask: Ask, _: Parameters) -> HealthAnswer:
    """Answer while the server runs."""
    del ask
    return HealthAnswer()


class ReadyAnswer(JsonAnswer):
    """Readiness."""

    ready: Literal[True] = Field(default=True, description="A picture can be drawn now.")


@operation("GET", "/ready", role=None, answer=ReadyAnswer, refusals=(503,))
async def ready(ask: Ask, _: Parameters) -> ReadyAnswer:
    """Answer 200 once a picture can be drawn, 503 before."""
    if await ask.hub.opened_for(OPEN) is None or not ask.hub.painter.status().ready:
        raise NotReadyError
    return ReadyAnswer()


@operation("GET", "/openapi.json", role=None, also={"application/json": "This description, OpenAPI 3.1."})
async def openapi(ask: Ask, _: Parameters) -> web.StreamResponse:
    """Describe the interface for programs."""
    return tagged(ask.request.app[DOCUMENT], ask.request, "application/json")


@operation("GET", "/docs", role=None, also={"text/html": "Page that lists all operations."})
async def docs(ask: Ask, _: Parameters) -> web.StreamResponse:
    """Describe the interface for people."""
    return tagged(ask.request.app[PAGE], ask.request, "text/html")

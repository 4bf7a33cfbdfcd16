"""A hub in a thread of its own, and a client that is whoever a test says."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.test_utils import TestServer

from apps.hub.hub_server import Hub
from apps.hub.visitor import OPEN, Visitor

ENGLISH = {"Accept-Language": "de, en-GB;q=0.8, zh;q=0.5"}

WHO = "Test-Visitor"
"""Header with role and level of access of who sends a request: "watch/public", or "nobody"."""


def identify(request: web.Request) -> Visitor | None:
    """The visitor that a request says it is of; the open server's without a word."""
    told = request.headers.get(WHO)
    if told is None:
        return OPEN
    role, _, sees = told.partition("/")
    return None if role == "nobody" else Visitor(name=role, role=role, sees=sees)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Reply:
    """Answer to a request."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def refused(reply: Reply, status: int, code: str) -> str:
    """The words of a refusal, which is what it should be."""
    assert (reply.status, reply.headers["Content-Type"]) == (status, "application/problem+json"), reply.body
    told = reply.json
    assert (told["status"], told["code"]) == (status, code) and "\n" not in told["detail"]
    return str(told["detail"])


@dataclass(frozen=True)
class RestHub:
    """A running hub and its address."""

    hub: Hub
    host: str
    port: int

    def get(self, path: str, headers: Mapping[str, str] | None = None, **query: object) -> Reply:
        """Ask for an address below /api/v1."""
        more = f"?{urlencode(query)}" if query else ""
        return self.send("GET", f"/api/v1{path}{more}", headers=headers)

    def send(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send a request."""
        connection = HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def post(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> Reply:
        """Send JSON to an address below /api/v1."""
        told = {"Content-Type": "application/json", **(headers or {})}
        return self.send("POST", f"/api/v1{path}", body=json.dumps(body).encode(), headers=told)


@contextmanager
def rest_hub(catalog: Path) -> Iterator[RestHub]:
    """Serve a basin until the block ends; it is ready."""
    loop, started, found = asyncio.new_event_loop(), threading.Event(), []
    ended = asyncio.Event()

    async def serve() -> None:
        hub = Hub(catalog, identify=identify)
        async with TestServer(hub.app) as server:
            found.append(RestHub(hub, server.host, int(server.port or 0)))
            started.set()
            await ended.wait()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        finally:
            loop.close()
            started.set()

    thread = threading.Thread(target=run, name="hub")
    thread.start()
    try:
        assert started.wait(30) and found
        deadline = time.monotonic() + 60
        while (reply := found[0].get("/ready")).status != 200:
            assert reply.status == 503 and time.monotonic() < deadline
            threading.Event().wait(0.05)
        yield found[0]
    finally:
        if found:
            loop.call_soon_threadsafe(ended.set)
        thread.join(30)

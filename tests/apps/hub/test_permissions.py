"""A route is used by those who may use it, and one that declares nothing by nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from apps.hub.hub_server import Hub
from apps.hub.permissions import needs, permissions
from apps.hub.visitor import ROLES, Role, Visitor, visitor_of


async def _name(request: web.Request) -> web.Response:
    return web.Response(text=visitor_of(request).name)


def _identify(request: web.Request) -> Visitor | None:
    role = request.headers.get("role")
    known: dict[str, Role] = {name: name for name in ROLES}
    return None if role is None else Visitor(name=role, role=known[role], sees="public")


@pytest.mark.parametrize(
    ("needed", "allowed"),
    [("watch", 3), ("operate", 2), ("administer", 1)],
)
async def test_a_route_is_used_by_its_role_and_those_above(needed: Role, allowed: int) -> None:
    app = web.Application(middlewares=[permissions(_identify)])
    app.router.add_get("/", needs(needed)(_name))
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/")).status == 401
        statuses = [(await client.get("/", headers={"role": role})).status for role in ROLES]
        assert statuses == [403] * (3 - allowed) + [200] * allowed


async def test_a_route_that_declares_nothing_is_refused() -> None:
    app = web.Application(middlewares=[permissions(_identify)])

    async def undeclared(request: web.Request) -> web.Response:
        return web.Response(text="secret")

    app.router.add_get("/", undeclared)
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/", headers={"role": "administer"})).status == 403
        assert (await client.get("/nothing")).status == 404


def test_every_route_of_the_hub_declares_its_role(small_basin: Path) -> None:
    routes = list(Hub(small_basin).app.router.routes())
    own = [route for route in routes if not isinstance(route.resource, web.StaticResource)]
    assert len(own) > 5
    assert [route for route in own if not hasattr(route.handler, "needs")] == []

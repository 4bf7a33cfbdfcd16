"""Serve the REST interface under ``/api/v1``."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING

from aiohttp import web

from apps.hub.permissions import needs
from apps.hub.rest import (
    affected_operations as affected,
)
from apps.hub.rest import (
    alarm_operations as alarm,
)
from apps.hub.rest import (
    basin_operations as basin,
)
from apps.hub.rest import (
    observation_operations as observation,
)
from apps.hub.rest import (
    route_operations as routing,
)
from apps.hub.rest import (
    scene_operations as scene,
)
from apps.hub.rest import (
    server_operations as server,
)
from apps.hub.rest import (
    shift_operations as shift,
)
from apps.hub.rest import (
    station_operations as station,
)
from apps.hub.rest import (
    water_operations as water,
)
from apps.hub.rest.declared import add_operation
from apps.hub.rest.openapi import document
from apps.hub.rest.openapi_page import page
from apps.hub.rest.problems import PREFIX

if TYPE_CHECKING:
    from apps.hub.rest.declared import RestServices

OPERATIONS = (
    basin.catalog,
    basin.entry,
    basin.layers,
    basin.generation,
    basin.version,
    water.water,
    water.sills,
    water.curves,
    routing.route,
    affected.affected,
    station.stations,
    station.station,
    observation.observations,
    alarm.alarms,
    *alarm.ACTIONS,
    shift.shift_log,
    scene.resolve_scene,
    scene.link_scene,
    scene.picture,
    scene.page,
    server.health,
    server.ready,
    server.openapi,
    server.docs,
)


def add_routes(app: web.Application, hub: RestServices) -> None:
    """Add the routes of every operation.

    With :func:`apps.hub.rest.problems.problems` whatever is refused there is answered as problem details.
    """
    told = document(OPERATIONS, version=version("miyun-twin"))
    app[server.DOCUMENT] = json.dumps(told, ensure_ascii=False, allow_nan=False).encode()
    app[server.PAGE] = page(told).encode()
    for operation in OPERATIONS:
        add_operation(app, hub, operation)
    app.router.add_get(f"{PREFIX}/{{rest:.*}}", _nothing)  # before the page's own files, which begin at /


@needs(None)
async def _nothing(request: web.Request) -> web.StreamResponse:
    raise web.HTTPNotFound(text=f"{request.path} is no address")

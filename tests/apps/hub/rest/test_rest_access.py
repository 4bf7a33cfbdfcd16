"""Every operation is used by those who may, and says nothing of what its visitor may not see."""

from __future__ import annotations

import pytest

from apps.hub.rest.routes import OPERATIONS
from apps.hub.visitor import ROLES
from tests.apps.hub.rest.conftest import STATION, STREAM
from tests.apps.hub.rest.rest_hub import WHO, RestHub
from tests.guarded import words_of
from twin.access import LEVELS

ASKED = {
    "entry": "/catalog/terrain",
    "water": "/water?level_m=150",
    "affected": "/affected?level_m=150",
    "station": f"/stations/{STATION}",
    "observations": f"/observations?datastream={STREAM}&start=2026-07-28",
    "acknowledge": "/alarms/none/acknowledge",
    "shelve": "/alarms/none/shelve",
    "unshelve": "/alarms/none/unshelve",
    "resolve_scene": "/scenes/2.abc",
    "picture": "/picture?size=64x64&format=jpeg",
}
"""Address of each operation that needs parameters."""


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_an_operation_is_used_by_its_role_and_those_above(rest: RestHub, operation: object) -> None:
    from apps.hub.rest.declared import Operation

    assert isinstance(operation, Operation)
    path = f"/api/v1{ASKED.get(operation.id, operation.path)}"
    body = b"{}" if operation.body is not None else None
    head = {"Content-Type": "application/json"} if body else {}
    statuses = {
        who: rest.send(operation.method, path, body=body, headers={**head, WHO: f"{who}/restricted"}).status
        for who in ("nobody", *ROLES)
    }
    allowed = ROLES if operation.role is None else ROLES[ROLES.index(operation.role) :]
    assert (statuses.pop("nobody") == 401) == (operation.role is not None)
    assert {who for who, status in statuses.items() if status != 403} == set(allowed)


@pytest.mark.parametrize("level", LEVELS[:-1])
def test_no_answer_names_what_a_level_does_not_see(rest: RestHub, level: str) -> None:
    who = {WHO: f"administer/{level}"}
    above = LEVELS[LEVELS.index(level) + 1 :]
    for operation in OPERATIONS:
        if operation.method == "GET":
            reply = rest.get(ASKED.get(operation.id, operation.path), who)
            body = reply.body.decode("utf-8", "replace")
            asked = ASKED.get(operation.id, "")
            told = [word for word in words_of(*above) if word in body and word not in asked]
            assert told == [], operation.id
    for kind in ("area", "place", "block", "curve", "flood"):
        hidden = rest.get(f"/catalog/{kind}-{above[0]}", who)
        nothing = rest.get(f"/catalog/{kind}-nothingxx"[: len(f"/catalog/{kind}-{above[0]}")], who)
        assert hidden.status == nothing.status == 404 and hidden.json["code"] == nothing.json["code"]


def test_stations_above_a_level_are_none(rest: RestHub) -> None:
    who = {WHO: "administer/public"}
    for path in ("/stations", ASKED["station"], ASKED["observations"], "/alarms"):
        assert rest.get(path, who).status == 404


def test_the_water_of_a_level_is_by_a_curve_that_it_sees(rest: RestHub) -> None:
    for level in LEVELS:
        told = rest.get("/water", {WHO: f"watch/{level}"}, level_m=150).json
        assert told["curve"] == f"curve-{level}"
    assert rest.get("/water", {WHO: "watch/public"}, level_m=150, curve="curve-restricted").status == 404


def test_a_picture_has_no_layer_above_a_level(rest: RestHub) -> None:
    import io

    import numpy as np
    from PIL import Image

    def magenta(level: str) -> int:
        reply = rest.get("/picture", {WHO: f"watch/{level}"}, size="640x360")
        picture = np.asarray(Image.open(io.BytesIO(reply.body))).astype(int)
        red, green, blue = picture[20:, 10:-10].transpose(2, 0, 1)
        return int(((red > 120) & (blue > 120) & (green < 80)).sum())

    seen = [magenta(level) for level in LEVELS]
    assert 20 < seen[0] < seen[1] < seen[2]

"""What a visitor may not see is in no byte that the hub sends, whatever is asked for."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import yaml
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from apps.hub.hub_server import Hub
from apps.hub.visitor import ROLES, Visitor
from apps.texts import texts
from tests.apps.hub.bot import Bot
from tests.browser.live_basin import feeding
from tests.guarded import X, Y, mark, words_of, write_guarded_basin
from tests.shared_store import SharedStore
from twin.access import LEVELS
from twin.basin import Basin
from twin.catalog.types import Access
from twin.moment import what_if
from twin.scene import Camera, LayerState, Scene, Selection

ABOVE: dict[Access, tuple[Access, ...]] = {
    "public": ("internal", "restricted"),
    "internal": ("restricted",),
    "restricted": (),
}
GAUGE = mark("internal", "gauge")
LEVEL = 151.37
"""What the lake's gauge reports."""
STORAGES = {"public": 1.0, "internal": 1.01, "restricted": 1.02}
PANELS = ("stations", "alarms", "layers", "views", "link", "")
CAMERA = Camera(
    target_east_m=X,
    target_north_m=Y + 200.0,
    target_m=150.0,
    distance_m=3500.0,
    heading_deg=0.0,
    pitch_deg=-50.0,
)


def identify(request: web.Request) -> Visitor | None:
    """Whom a test's header names: ``sees role``."""
    told = request.headers.get("as", "").split()
    if len(told) != 2:
        return None
    sees, role = told
    return Visitor(name=f"who-{role}", role=role, sees=sees, full_name="")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def guarded(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("guarded")
    with feeding(folder, (f"{GAUGE}0", "level", LEVEL, 1.0), (f"{GAUGE}1", "level", 4.0, 1.0)) as (_, url):
        yield shared_store.build(write_guarded_basin(folder / "basin", stations="internal", url=url))


@pytest.fixture
async def hub(guarded: Path) -> Hub:
    return Hub(guarded, identify=identify)


@pytest.fixture
async def url(hub: Hub) -> AsyncIterator[str]:
    async with TestServer(hub.app) as server:
        yield str(server.make_url("/"))


def bot(url: str, sees: str, role: str = "operate") -> Bot:
    found = Bot(url, headers={"as": f"{sees} {role}"})
    found.heard = b""
    return found


async def opened(bot: Bot) -> None:
    await bot.hello()
    await bot.until(lambda: not bot.state["loading"]["active"] and bool(bot.pictures))


async def asks_for_all(bot: Bot) -> None:
    """Does whatever a page can do, and names what it may not see."""
    named = [f"{kind}-{level}" for level in LEVELS for kind in ("area", "place", "block", "curve", "flood")]
    for language in ("en", "zh"):
        for panel in PANELS:
            await bot.call("trame.state.update", [{"key": "panel", "value": panel}])
        await bot.call("trame.state.update", [{"key": "language", "value": language}])
        words = texts(language)["alarms"]
        await bot.until(lambda wanted=words: bot.state["t"]["alarms"] == wanted)  # type: ignore[misc]
    for name in [*named, "stations", "rain"]:
        await bot.trigger("show_layer", name, True)
        await bot.trigger("layer_opacity", name, 90.0)
    link = Scene(
        camera=CAMERA,
        moment=what_if(150.0),
        layers=dict.fromkeys(named, LayerState(visible=True)),
        selection=Selection(layer="stations", feature=f"{GAUGE}0"),
        density="all",
    ).to_link()
    await bot.trigger("open_link", link)
    for station in (f"{GAUGE}0", f"{GAUGE}1"):
        await bot.trigger("open_station", station, True)
        await bot.trigger("choose_stream", f"{station}.level")
    await bot.trigger("find_station", "mark")
    await bot.trigger("open_link", link)
    for figure in ("level", "storage", "area", "inflow", "release"):
        await bot.trigger("explain", figure)
    for x in (0.1, 0.3, 0.5, 0.7, 0.9):
        for y in (0.3, 0.5, 0.7, 0.9):
            serial = bot.state["card"]["serial"]
            await bot.call("twin.scene.event", {"type": "pick", "x": x, "y": y})
            await bot.until(lambda before=serial: bot.state["card"]["serial"] > before)  # type: ignore[misc]
    await bot.trigger("play_pause")
    await bot.trigger("play_pause")
    await bot.trigger("leave_flood")
    await bot.trigger("set_water", "level", 152.5)
    await bot.until(lambda: figure_of(bot, "level") == "152.50")


def figure_of(bot: Bot, id_: str) -> str:
    figures = bot.state.get("readout", {}).get("figures", [])
    return next((figure["value"] for figure in figures if figure["id"] == id_), "")


def heard(bot: Bot) -> str:
    assert bot.heard is not None
    return bot.heard.decode("utf-8", "replace")


async def test_no_byte_of_a_withheld_entry_reaches_a_visitor(url: str) -> None:
    async with bot(url, "public") as public, bot(url, "internal") as internal, bot(url, "restricted") as all_:
        bots: dict[Access, Bot] = {"public": public, "internal": internal, "restricted": all_}
        await asyncio.gather(*map(opened, bots.values()))
        for each in (internal, all_):  # their gauge has been heard
            await each.until(lambda seen=each: figure_of(seen, "level") == f"{LEVEL:.2f}")  # type: ignore[misc]
            await each.until(lambda seen=each: seen.state["alarms"]["count"] > 0)  # type: ignore[misc]
        assert figure_of(public, "level") == "150.00"
        for each in bots.values():
            await asks_for_all(each)
        for sees, each in bots.items():
            text = heard(each)
            assert [word for word in words_of(*ABOVE[sees]) if word in text] == []
            own = [level for level in LEVELS if level not in ABOVE[sees]]
            for level in own:
                assert mark(level, "areazh") in text and mark(level, "blocken") in text
                assert mark(level, "p") in text
            assert mark(own[-1], "floodzh") in text
            assert mark(own[-1], "curveedition") in text or own[-1] == "public"
            assert (GAUGE in text) is (sees != "public")
            assert (f"{LEVEL:.2f}" in text) is (sees != "public")
        storages = {sees: float(figure_of(each, "storage").replace(",", "")) for sees, each in bots.items()}
        for sees, factor in STORAGES.items():
            assert storages[sees] == pytest.approx(storages["public"] * factor, rel=2e-3)  # type: ignore[index]


def addresses(hub: Hub, catalog: Path) -> Iterator[str]:
    """Every GET route of the hub, with all that its blanks may hold."""
    basin = Basin.open(catalog)
    id_ = basin.generation.id
    files = [
        f"{step}/{file.relative_to(basin.generation.path(step))}"
        for step in basin.generation.products
        for file in sorted(basin.generation.path(step).rglob("*"))
        if file.is_file()
    ]
    blanks = {"generation": [id_], "path": files, "link": ["x"], "name": ["who-watch"], "token": ["x"]}
    for route in hub.app.router.routes():
        if route.method not in ("GET", "*") or isinstance(route.resource, web.StaticResource):
            continue
        assert route.resource is not None
        addresses_ = [route.resource.canonical]
        if addresses_ == ["/ws"]:
            continue
        for blank in re.findall(r"{(\w+)[^}]*}", addresses_[0]):
            values = blanks.get(blank, list(basin.catalog.entries))
            addresses_ = [one.replace("{" + blank + "}", value) for one in addresses_ for value in values]
        yield from addresses_


@pytest.mark.parametrize("sees", ["public", "internal"])
async def test_no_route_sends_a_byte_of_a_withheld_entry(
    hub: Hub, guarded: Path, url: str, sees: Access
) -> None:
    async with bot(url, "restricted") as waits:
        await opened(waits)
    wrong, answers = [], 0
    async with ClientSession(headers={"as": f"{sees} administer"}) as session:
        for address in addresses(hub, guarded):
            async with session.get(f"{url.rstrip('/')}{address}") as answer:
                body = (await answer.read()).decode("utf-8", "replace")
            answers += answer.status == 200
            if any(word in body for word in words_of(*ABOVE[sees])):
                wrong.append(address)
        assert wrong == []
        assert answers > 30
        named = {f"observations?datastream={GAUGE}0.level", f"stations/{GAUGE}0", "catalog/area-restricted"}
        for asked in named | {"water?level_m=150&curve=curve-restricted"}:
            async with session.get(f"{url}api/v1/{asked}") as answer:
                assert answer.status == (200 if GAUGE in asked and sees == "internal" else 404)


async def test_who_does_not_see_the_ground_gets_one_line_and_nothing_else(small_basin: Path) -> None:
    told = yaml.safe_load(small_basin.read_text("utf-8"))
    for entry in told["entries"].values():
        entry |= {"access": "internal", "source": "marksource"}
    guarded = small_basin.with_name("guarded_ground.yaml")
    guarded.write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
    hub = Hub(guarded, identify=identify)
    async with TestServer(hub.app) as server:
        url = str(server.make_url("/"))
        async with bot(url, "internal") as sees, bot(url, "public") as closed, bot(url, "secret") as unknown:
            await asyncio.gather(opened(sees), closed.hello(), unknown.hello())
            for each in (closed, unknown):
                await each.until(lambda seen=each: seen.state["loading"]["failed"])  # type: ignore[misc]
                assert each.state["loading"]["detail"].startswith("您的权限不足以查看本流域")
                await each.trigger("set_water", "level", 145.0)
                await each.call("twin.scene.event", {"type": "pick", "x": 0.5, "y": 0.5})
                await each.call("trame.state.update", [{"key": "language", "value": "en"}])
                await each.until(lambda seen=each: "administrator" in seen.state["loading"]["detail"])  # type: ignore[misc]
                text = heard(each)
                assert each.pictures == [] and each.state["layers"] == []
                assert "marksource" not in text and "东村" not in text and not figure_of(each, "level")
    guarded.unlink()


# -- roles ---------------------------------------------------------------------------------------------


def journal(hub: Hub, act: str) -> list[dict[str, object]]:
    lines = hub.audit.path.read_text("utf-8").splitlines() if hub.audit.path.exists() else []
    return [line for line in map(json.loads, lines) if line["act"] == act]


async def test_who_may_only_watch_acknowledges_nothing_and_an_operator_does_in_their_name(
    hub: Hub, url: str
) -> None:
    async with bot(url, "internal", "watch") as watches, bot(url, "internal") as operates:
        await asyncio.gather(opened(watches), opened(operates))
        for each in (watches, operates):
            await each.call("trame.state.update", [{"key": "panel", "value": "alarms"}])
            await each.until(lambda seen=each: seen.state["alarms"]["open"] > 0)  # type: ignore[misc]
        assert watches.state["duty"] == {"may": False, "name": "who-watch"}
        assert operates.state["duty"] == {"may": True, "name": "who-operate"}
        rows = [row for group in watches.state["alarms"]["groups"] for row in group["rows"] if row["open"]]
        before = len(journal(hub, "operated"))
        for name in ("acknowledge", "shelve"):
            more = ["", 8.0] if name == "shelve" else []
            await watches.trigger(name, [rows[0]["id"]], "someone else", *more)
            await watches.until(lambda: "权限" in watches.state["toast"])
            await watches.trigger("close_card")
        assert len(journal(hub, "operated")) == before
        assert all(row["open"] for group in operates.state["alarms"]["groups"] for row in group["rows"])
        await operates.trigger("acknowledge", [rows[0]["id"]], "someone else")
        for each in (watches, operates):
            await each.until(lambda seen=each: "who-operate" in str(seen.state["alarms"]["groups"]))  # type: ignore[misc]
        assert "someone else" not in heard(operates)
        done = journal(hub, "operated")[before:]
        assert [(line["who"], line["trigger"]) for line in done] == [("who-operate", "acknowledge")]


@pytest.mark.parametrize("role", ROLES)
async def test_each_trigger_declares_a_role_and_is_kept_to_it(hub: Hub, url: str, role: str) -> None:
    async with bot(url, "internal", role) as each:
        await opened(each)
        (desk,) = hub._desks
        await each.until(lambda: "acknowledge" in desk._actions)
        needed = {name: action.needs for name, action in desk._actions.items()}
        assert set(needed.values()) <= set(ROLES)
        assert {name for name, needs in needed.items() if needs != "watch"} == {
            "acknowledge",
            "shelve",
            "shift_csv",
            "shift_show",
            "shift_write",
            "unshelve",
            "open_again",
            "send_to_wall",
        }
        before = desk.gate.refused.total()
        await each.trigger("open_again")
        await each.trigger("no_such_trigger")
        assert desk.gate.refused.total() - before == (2 if role == "watch" else 1)


async def test_restricted_data_given_to_a_desk_is_written_down_once(hub: Hub, url: str) -> None:
    async with bot(url, "internal") as internal, bot(url, "restricted") as all_:
        await asyncio.gather(opened(internal), opened(all_))
        await all_.trigger("set_water", "level", 152.5)
        await all_.until(lambda: figure_of(all_, "level") == "152.50")
        (line,) = journal(hub, "saw")[-1:]
        assert len(journal(hub, "saw")) == len({str(line) for line in journal(hub, "saw")})
        assert line["entries"] == [
            f"{kind}-restricted" for kind in ("area", "block", "curve", "flood", "place")
        ]

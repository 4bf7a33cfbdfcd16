"""Nothing that one visitor does shows at another's: random changes of everything that a page may change."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestServer

from apps.hub.hub_server import Hub
from tests.apps.hub.bot import Bot
from tests.apps.hub.test_hub import opened

CHANGES = 10_000 if os.environ.get("TWIN_ENDURANCE") == "1" else 300
SEED = 18
LOOK_EVERY = 100

Change = tuple[str, list[Any]]


def changes(rng: random.Random, bot: Bot) -> Change:
    """A method that a page may call, with arguments that are mostly right."""
    layers = [row["id"] for row in bot.state["layers"]] or ["terrain"]
    triggers: list[Callable[[], tuple[str, list[Any]]]] = [
        lambda: ("set_water", ["level", round(rng.uniform(140.0, 170.0), 2)]),
        lambda: ("set_water", ["storage", rng.uniform(1e6, 4e9)]),
        lambda: ("type_water", ["level", str(round(rng.uniform(100.0, 200.0), 2))]),
        lambda: ("exaggerate", [round(rng.uniform(1.0, 5.0), 1)]),
        lambda: ("show_density", [rng.choice(["few", "normal", "all"])]),
        lambda: ("show_layer", [rng.choice(layers), rng.random() < 0.5]),
        lambda: ("layer_opacity", [rng.choice(layers), rng.uniform(0.0, 100.0)]),
        lambda: ("go_to_number", [rng.randint(1, 9)]),
        lambda: ("home", []),
        lambda: ("make_link", []),
        lambda: ("close_card", []),
        lambda: ("open_link", ["no link at all"]),
    ]
    state: dict[str, list[Any]] = {
        "language": ["zh", "en"],
        "unit": ["storage", "level"],
        "panel": ["", "layers", "views", "link", "stations"],
        "help_open": [True, False],
        "chart_open": [True, False],
        "link": ["not to be written"],
    }
    kind = rng.random()
    if kind < 0.5:
        name, arguments = rng.choice(triggers)()
        return "trame.trigger", [name, arguments, {}]
    if kind < 0.7:
        key = rng.choice(list(state))
        return "trame.state.update", [[{"key": key, "value": rng.choice(state[key])}]]
    if kind < 0.95:
        return "twin.scene.event", [_camera(rng, bot)]
    return "twin.scene.event", [{"type": "view", "w": rng.randint(200, 900), "h": rng.randint(200, 900)}]


def _camera(rng: random.Random, bot: Bot) -> dict[str, Any]:
    camera = bot.pictures[-1]["camera"] | {
        "heading_deg": rng.uniform(0.0, 359.0),
        "pitch_deg": rng.uniform(-80.0, -10.0),
        "distance_m": rng.uniform(500.0, 20_000.0),
    }
    number = rng.randint(1, 1_000_000)
    return {"type": "camera", "page": "p", "n": number, "camera": camera, "t": 1.0}


def rested(bot: Bot) -> bool:
    """The smooth picture is there, and what is said of its tiles."""
    return bot.pictures[-1]["smooth"] and any(row["gauge"] for row in bot.state["layers"])


async def test_random_changes_of_one_desk_show_in_no_other(small_basin: Path) -> None:
    rng = random.Random(SEED)
    async with TestServer(Hub(small_basin, painters=1).app) as server:
        url = str(server.make_url("/"))
        async with Bot(url) as changing, Bot(url) as watching:
            await asyncio.gather(opened(changing), opened(watching))
            await watching.until(lambda: bool(watching.state.get("link")) and rested(watching))
            before, picture = deepcopy(watching.state), watching.pictures[-1]
            own = deepcopy(changing.state)
            seen = set()
            for k in range(1, CHANGES + 1):
                method, arguments = changes(rng, changing)
                seen.add(method if method != "trame.trigger" else arguments[0])
                await changing.call(method, *arguments)
                if k % LOOK_EVERY == 0:
                    assert watching.state == before, k
                    assert watching.pictures[-1]["n"] == picture["n"], "nothing was drawn for it"
            assert len(seen) > 12 and changing.state != own
            drawn = len(watching.pictures)
            await watching.call("twin.scene.reset")
            await watching.until(lambda: len(watching.pictures) > drawn and watching.pictures[-1]["smooth"])
            now = watching.pictures[-1]
            for key in ("camera", "exaggeration", "overlay", "w", "h"):
                assert now[key] == picture[key], key
            assert watching.state == before

"""A basin opens with the first generation that can be looked at; what is built behind it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from apps.build_process import BuildFailedError, BuildState
from apps.hub import startup as module
from apps.hub.startup import Startup
from apps.painter.messages import Target
from apps.parts.loading import LoadingView
from layers.layer import LayerFacts


class Child:
    """Stands for the process that builds: told from outside what to say, and how to end."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.end = asyncio.Event()
        self.error: Exception | None = None
        self.on_state: Callable[[BuildState], None]
        self.on_published: Callable[[str], None]

    async def build(self, catalog: Path, *, on_state: Any, on_published: Any, **_: Any) -> None:
        self.on_state, self.on_published = on_state, on_published
        self.ready.set()
        await self.end.wait()
        if self.error is not None:
            raise self.error


class Nothing:
    """Stands for a session, a basin and its generation."""

    id = "one"

    @property
    def generation(self) -> Nothing:
        return self


class Page:
    """What the page was told."""

    def __init__(self) -> None:
        self.covers: list[LoadingView] = []
        self.behind: list[str] = []

    def look(self, startup: Startup) -> None:
        self.covers.append(startup.cover("zh"))
        self.behind.append(startup.behind("zh"))


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
async def child(monkeypatch: pytest.MonkeyPatch) -> Child:
    child = Child()
    monkeypatch.setattr(module, "build_in_child", child.build)
    return child


@pytest.fixture
def opening(page: Page, child: Child, monkeypatch: pytest.MonkeyPatch) -> Startup:
    found = Startup(
        Path("catalog.yaml"),
        root=None,
        store=None,
        on_change=lambda: page.look(found),
    )
    monkeypatch.setattr(found, "_is_built", lambda: False)
    monkeypatch.setattr(found, "_basin", Nothing)
    monkeypatch.setattr(module, "opened", lambda basin: basin)
    return found


class Painter:
    async def describe(self, target: Target) -> list[LayerFacts]:
        return []


STATE = BuildState(title={"zh": "村庄", "en": "villages"}, done=0.5, seconds_left=9.0)


async def test_the_first_generation_opens_and_later_ones_are_told(
    opening: Startup, child: Child, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = asyncio.create_task(opening.run(Painter()))  # type: ignore[arg-type]
    await child.ready.wait()
    child.on_state(STATE)
    assert page.covers[-1].percent == 50 and set(page.behind) == {""}
    assert not run.done()
    child.on_published("one")
    opened = await run
    assert opened is not None
    child.on_state(STATE)
    assert "村庄" in page.behind[-1] and "50" in page.behind[-1]
    assert "villages" in opening.behind("en") and "50" in opening.behind("en")
    # Nobody listens yet: the scene is still being made. Two that come at once are read once.
    monkeypatch.setattr(opening, "_basin", lambda: ["villages"])
    child.on_published("two")
    child.on_published("three")
    growth = opening.growth()
    assert await anext(growth) == ["villages"]
    more = asyncio.create_task(anext(growth))
    await asyncio.sleep(0)
    assert not more.done()
    child.on_published("four")
    assert await more == ["villages"]
    child.end.set()
    await asyncio.gather(opening._build)  # type: ignore[arg-type]
    await asyncio.sleep(0)
    assert page.behind[-1] == ""


async def test_who_does_not_see_all_is_told_how_far_it_is_and_no_names(
    opening: Startup, child: Child, page: Page
) -> None:
    run = asyncio.create_task(opening.run(Painter()))  # type: ignore[arg-type]
    await child.ready.wait()
    child.on_state(STATE)
    nameless = opening.nameless_cover("zh")
    assert (nameless.percent, nameless.detail) == (50, "")
    child.on_published("one")
    assert await run is not None
    child.on_state(STATE)
    assert "50" in opening.nameless_behind("zh") and "村庄" not in opening.nameless_behind("zh")
    child.error = BuildFailedError("the villages are broken")
    child.end.set()
    await asyncio.gather(opening._build, return_exceptions=True)  # type: ignore[arg-type]


async def test_why_a_basin_cannot_be_opened_is_told_to_who_sees_all(opening: Startup, child: Child) -> None:
    run = asyncio.create_task(opening.run(Painter()))  # type: ignore[arg-type]
    await child.ready.wait()
    child.error = BuildFailedError("the villages are broken")
    child.end.set()
    assert await run is None
    assert "villages" in opening.cover("en").detail
    nameless = opening.nameless_cover("en")
    assert nameless.failed and "villages" not in nameless.detail and "log" in nameless.detail


async def test_a_build_that_fails_before_anything_can_be_opened_is_said_on_the_cover(
    opening: Startup, child: Child, page: Page
) -> None:
    run = asyncio.create_task(opening.run(Painter()))  # type: ignore[arg-type]
    await child.ready.wait()
    child.error = BuildFailedError("the disk is full")
    child.end.set()
    assert await run is None
    assert page.covers[-1].failed and "disk is full" in page.covers[-1].detail


async def test_a_build_that_fails_behind_an_open_basin_leaves_it_open_and_says_so(
    opening: Startup, child: Child, page: Page
) -> None:
    run = asyncio.create_task(opening.run(Painter()))  # type: ignore[arg-type]
    await child.ready.wait()
    child.on_published("one")
    assert await run is not None
    child.error = BuildFailedError("the disk is full")
    child.end.set()
    await asyncio.gather(opening._build, return_exceptions=True)  # type: ignore[arg-type]
    await asyncio.sleep(0)
    assert "失败" in page.behind[-1]
    assert not page.covers[-1].failed


async def test_models_that_cannot_be_read_do_not_end_the_growth(
    opening: Startup, child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = asyncio.create_task(opening.run(Painter()))  # type: ignore[arg-type]
    await child.ready.wait()
    child.on_published("one")
    await run
    answers: list[Any] = [OSError("gone"), ["villages"]]

    def models() -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            child.on_published("again")
            raise answer
        return answer

    monkeypatch.setattr(opening, "_basin", models)
    child.on_published("two")
    assert await anext(opening.growth()) == ["villages"]
    child.end.set()
    await asyncio.gather(opening._build)  # type: ignore[arg-type]

"""Open a catalog's basin: build what is missing, read it, report progress."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from apps.build_process import BuildState, build_in_child
from apps.error_messages import say
from apps.painter.messages import Target
from apps.parts.loading import LoadingView
from apps.session.flood_replay import Flood, first_flood
from apps.session.lacks import Lack, lacks_of
from apps.session.session import Session
from apps.texts import texts
from layers.heights import Ground, ground_of
from layers.labels.fonts import require_fonts
from twin.basin import Basin
from twin.bilingual import Language
from twin.errors import TwinError

if TYPE_CHECKING:
    from apps.painter.painter_client import PainterClient
    from meshes.pipeline import Detail

logger = logging.getLogger(__name__)

Cover = Callable[[Language], LoadingView]
Message = Callable[[Language], str]


@dataclass(frozen=True, kw_only=True)
class Opened:
    """Opened basin that all its desks share.

    ``lacks`` is what is missing of its data, by layer; ``target`` what a painter draws of it.
    """

    basin: Basin
    ground: Ground
    flood: Flood | None
    lacks: Mapping[str, Sequence[Lack]]
    target: Target

    def grown(self, models: str, lacks: Mapping[str, Sequence[Lack]]) -> Opened:
        """Return the basin with models of a later generation."""
        return replace(self, target=replace(self.target, models=models), lacks=lacks)

    def session(self) -> Session:
        """Start a visitor's session at this basin."""
        session = Session(self.basin, flood=self.flood, ground=self.ground)
        session.lacks = self.lacks
        return session


class Startup:
    """Opens a basin step by step, publishing progress and failures.

    Each step is a cover for pages. The basin opens with the first generation that can be looked at, and the
    build goes on behind it: :meth:`growth` yields later ones. ``on_change`` is called when ``cover`` or
    ``behind``, which is what is built behind the pages, "" for nothing, are others.
    """

    def __init__(
        self,
        catalog: Path,
        *,
        root: Path | None,
        store: Path | None,
        detail: Detail | None = None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._catalog, self._root, self._store = catalog, root, store
        self._detail = detail
        self._on_change = on_change
        self._can_open = asyncio.Event()
        self._grown = asyncio.Event()
        self._open = False
        self._build: asyncio.Task[None] | None = None
        #: Ids of the generations that a build of this process has published: its desks follow them.
        self.published: set[str] = set()
        #: Why the last opening failed.
        self.error: Exception | None = None
        self.cover: Cover = step("loading_basin")
        self.behind: Message = _nothing

    async def run(self, painter: PainterClient, *, build: bool = True) -> Opened | None:
        """Open the basin; None where that failed.

        ``cover`` has the reason then.
        Without ``build`` it is the generation that the store has now.
        """
        try:
            self._show(step("loading_basin"))
            await asyncio.to_thread(require_fonts)  # said before anything is built
            if build and not await asyncio.to_thread(self._is_built):
                await self._something_built()
            self._open = True
            self._show(step("loading_basin"))
            if not build:
                self.published.clear()
            basin = await asyncio.to_thread(self._basin)
            target = Target(generation=basin.generation.id, models=basin.generation.id)
            described = asyncio.create_task(painter.describe(target))  # beside what is read here
            try:
                opened = await asyncio.to_thread(_opened, basin, target)
                self._show(step("loading_scene"))
                await described
            finally:
                described.cancel()
            return opened
        except TwinError as error:
            logger.error("twin: the basin could not be opened: %s", say(error, "en"))
            self.error = error
        except Exception as error:
            logger.exception("the basin could not be opened")
            self.error = error
        self._show(_failure(self.error))
        return None

    async def growth(self) -> AsyncIterator[tuple[str, dict[str, list[Lack]]]]:
        """Yield the generation of all models, whenever there are more.

        With what is missing of all data, by layer.
        """
        while True:
            await self._grown.wait()
            self._grown.clear()
            try:
                grown = await asyncio.to_thread(self._grow)
            except Exception:  # what is shown stays, and the next generation is tried
                logger.exception("new models could not be read")
            else:
                yield grown

    def _grow(self) -> tuple[str, dict[str, list[Lack]]]:
        basin = self._basin()
        return basin.generation.id, lacks_of(basin)

    async def _something_built(self) -> None:
        """Build in a child, until there is a generation to open or the build has ended."""
        self._build = asyncio.create_task(
            build_in_child(
                self._catalog,
                root=self._root,
                store=self._store,
                detail=self._detail,
                on_state=self._building,
                on_published=self._published,
            )
        )
        can_open = asyncio.create_task(self._can_open.wait())
        await asyncio.wait((self._build, can_open), return_when=asyncio.FIRST_COMPLETED)
        can_open.cancel()
        if self._build.done():
            self._build.result()
        else:
            self._build.add_done_callback(self._built_behind)

    def _building(self, state: BuildState) -> None:
        if self._open:
            self._show_behind(_progress(state))
        else:
            self._show(_build_cover(state))

    def _published(self, generation: str) -> None:
        self.published.add(generation)
        if self._open:
            self._grown.set()
        self._can_open.set()

    def _built_behind(self, build: asyncio.Task[None]) -> None:
        error = None if build.cancelled() else build.exception()
        failed = error is not None
        if isinstance(error, TwinError):
            logger.error("twin: the build behind the view failed: %s", say(error, "en"))
        elif failed:
            logger.error("the build behind the view failed", exc_info=error)
        self._show_behind(_build_failed if failed else _nothing)

    def _show_behind(self, message: Message) -> None:
        self.behind = message
        self._on_change()

    def _show(self, cover: Cover) -> None:
        self.cover = cover
        self._on_change()

    def _is_built(self) -> bool:
        from meshes.pipeline import is_built  # noqa: PLC0415  (brings GDAL; only for a moment)

        return is_built(self._catalog, root=self._root, store=self._store, detail=self._detail)

    def _basin(self) -> Basin:
        return Basin.open(self._catalog, root=self._root, store=self._store)


def _opened(basin: Basin, target: Target) -> Opened:
    opened = Opened(
        basin=basin,
        ground=ground_of(basin),
        flood=first_flood(basin),
        lacks=lacks_of(basin),
        target=target,
    )
    opened.session().report  # noqa: B018  (a basin without a curve fails here, and not under a hand)
    return opened


def uncovered(language: Language) -> LoadingView:
    """Return no cover."""
    del language
    return LoadingView(active=False)


def step(name: str) -> Cover:
    """Return the cover of a step, by its text key."""

    def view(language: Language) -> LoadingView:
        t = texts(language)
        return LoadingView(title=t["loading"], detail=t[name])

    return view


def no_picture(error: Exception) -> Cover:
    """Return the cover that explains why there is no picture."""

    def view(language: Language) -> LoadingView:
        t = texts(language)
        return LoadingView(failed=True, title=t["picture_failed"], detail=say(error, language))

    return view


def _nothing(language: Language) -> str:
    del language
    return ""


def _build_failed(language: Language) -> str:
    return texts(language)["building_failed"]


def _progress(state: BuildState) -> Message:
    def message(language: Language) -> str:
        percent = round(100 * state.done)
        return texts(language)["building_behind"].format(what=state.title[language], percent=percent)

    return message


def _build_cover(state: BuildState) -> Cover:
    def view(language: Language) -> LoadingView:
        t = texts(language)
        return LoadingView(
            title=t["loading_build"],
            detail=state.title[language],
            percent=round(100 * state.done),
            left=t["loading_silent"].format(seconds=round(state.silent_s))
            if state.silent_s
            else t["loading_left"].format(seconds=max(1, round(state.seconds_left))),
        )

    return view


def _failure(error: Exception) -> Cover:
    def view(language: Language) -> LoadingView:
        t = texts(language)
        detail = f"{say(error, language)} {t['failed_again']}"
        return LoadingView(failed=True, again=True, title=t["failed"], detail=detail)

    return view

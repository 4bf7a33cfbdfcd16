"""Open a catalog's basin: build what is missing, read it, report progress."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from apps.build_process import BuildState, build_in_child
from apps.error_messages import say
from apps.hub.opened import Opened, opened
from apps.painter.messages import Target
from apps.parts.loading import LoadingView
from apps.texts import texts
from layers.labels.fonts import require_fonts
from twin.access import LEVELS, NothingToSeeError
from twin.basin import Basin
from twin.bilingual import Language
from twin.errors import TwinError

if TYPE_CHECKING:
    from apps.painter.pool import PainterPool
    from meshes.pipeline import Detail

logger = logging.getLogger(__name__)

Cover = Callable[[Language], LoadingView]
Message = Callable[[Language], str]


class UntoldError(TwinError):
    """Error whose reason may name entries that a visitor does not see."""

    zh = "原因见服务器日志，请与管理员联系。"


UNTOLD = UntoldError("The server's log says why; ask the administrator.")


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
        self._state: BuildState | None = None
        #: Ids of the generations that a build of this process has published: its desks follow them.
        self.published: set[str] = set()
        #: Why the last opening failed.
        self.error: Exception | None = None
        self.cover: Cover = step("loading_basin")
        self.behind: Message = _nothing
        #: The same for those who do not see every entry: without what is built, and without reasons.
        self.nameless_cover: Cover = self.cover
        self.nameless_behind: Message = self.behind

    async def run(self, painter: PainterPool, *, build: bool = True) -> Opened | None:
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
            id_ = basin.generation.id
            target = Target(generation=id_, models=id_, sees=LEVELS[-1])
            described = asyncio.create_task(painter.describe(target))  # beside what is read here
            try:
                found = await asyncio.to_thread(opened, basin)
                self._show(step("loading_scene"))
                await described
            finally:
                described.cancel()
            return found
        except TwinError as error:
            logger.error("twin: the basin could not be opened: %s", say(error, "en"))
            self.error = error
        except Exception as error:
            logger.exception("the basin could not be opened")
            self.error = error
        self._show(_failure(self.error), nameless=_failure(UNTOLD))
        return None

    @property
    def building(self) -> BuildState | None:
        """Progress of the build that runs, or None."""
        return None if self._build is None or self._build.done() else self._state

    @property
    def build_failed(self) -> bool:
        """Whether the last build ended with an error."""
        build = self._build
        return build is not None and build.done() and not build.cancelled() and build.exception() is not None

    async def growth(self) -> AsyncIterator[Basin]:
        """Yield the basin with all models, whenever there are more."""
        while True:
            await self._grown.wait()
            self._grown.clear()
            try:
                grown = await asyncio.to_thread(self._basin)
            except Exception:  # what is shown stays, and the next generation is tried
                logger.exception("new models could not be read")
            else:
                yield grown

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
        self._state = state
        if self._open:
            self._show_behind(_progress(state), nameless=_progress(state, named=False))
        else:
            self._show(_build_cover(state), nameless=_build_cover(state, named=False))

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

    def _show_behind(self, message: Message, *, nameless: Message | None = None) -> None:
        self.behind, self.nameless_behind = message, nameless or message
        self._on_change()

    def _show(self, cover: Cover, *, nameless: Cover | None = None) -> None:
        self.cover, self.nameless_cover = cover, nameless or cover
        self._on_change()

    def _is_built(self) -> bool:
        from meshes.pipeline import is_built  # noqa: PLC0415  (brings GDAL; only for a moment)

        return is_built(self._catalog, root=self._root, store=self._store, detail=self._detail)

    def _basin(self) -> Basin:
        return Basin.open(self._catalog, root=self._root, store=self._store)


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


def closed(error: NothingToSeeError) -> Cover:
    """Return the cover of a visitor who may see nothing here."""

    def view(language: Language) -> LoadingView:
        return LoadingView(failed=True, title=texts(language)["closed"], detail=say(error, language))

    return view


def _nothing(language: Language) -> str:
    del language
    return ""


def _build_failed(language: Language) -> str:
    return texts(language)["building_failed"]


def _progress(state: BuildState, *, named: bool = True) -> Message:
    def message(language: Language) -> str:
        t, percent = texts(language), round(100 * state.done)
        what = state.title[language] if named else t["building_unnamed"]
        return t["building_behind"].format(what=what, percent=percent)

    return message


def _build_cover(state: BuildState, *, named: bool = True) -> Cover:
    def view(language: Language) -> LoadingView:
        t = texts(language)
        return LoadingView(
            title=t["loading_build"],
            detail=state.title[language] if named else "",
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

"""Start up from a catalog to a scene.

Build what is missing, read the basin, make the stage; and publish the progress.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from apps.build_process import BuildState, build_in_child
from apps.error_messages import say
from apps.painter.messages import Target
from apps.parts.loading import LoadingView
from apps.session.controller import Message
from apps.session.flood_replay import first_flood
from apps.session.lacks import Lack, lacks_of
from apps.session.session import Session
from apps.texts import texts
from layers.labels.fonts import require_fonts
from twin.basin import Basin
from twin.bilingual import Language
from twin.errors import TwinError

if TYPE_CHECKING:
    from apps.painter.painter_client import PainterClient
    from apps.stream.frame_stream import FrameStream
    from meshes.pipeline import Detail

logger = logging.getLogger(__name__)

View = Callable[[Language], LoadingView]
Grown = tuple[str, dict[str, list[Lack]]]
"""The generation that has all models that are built, and what is missing of all data, by layer."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """Opened basin with its session and stage."""

    session: Session
    target: Target


class Startup:
    """Opens a basin step by step, publishing progress and failures.

    In the language of the page; a failure becomes words, not a blank page. The basin opens with the first
    generation that can be looked at, and the build goes on behind it: :meth:`growth` tells of later ones,
    ``on_behind`` hears what is being made, "" when nothing is.
    """

    def __init__(
        self,
        catalog: Path,
        *,
        root: Path | None,
        store: Path | None,
        detail: Detail | None = None,
        publish: Callable[[LoadingView], None],
        on_behind: Callable[[str], None] = lambda words: None,
    ) -> None:
        self._catalog, self._root, self._store = catalog, root, store
        self._detail = detail
        self._publish = publish
        self._on_behind = on_behind
        self._can_open = asyncio.Event()
        self._grown = asyncio.Event()
        self._open = False
        self._build: asyncio.Task[None] | None = None
        #: Ids of the generations that a build of this view has published: it follows them by itself.
        self.published: set[str] = set()
        #: Why the last opening failed.
        self.error: Exception | None = None
        self._language: Language = "zh"
        self._behind: Message = _nothing
        self._say(_step("loading_basin"))

    def set_language(self, language: Language) -> None:
        """Set the language of the loading screen and the build's progress."""
        self._language = language
        self._publish(self._view(language))
        self._on_behind(self._behind(language))

    async def run(self, painter: PainterClient, *, build: bool = True) -> Opened | None:
        """Open the basin; None where that failed.

        The page then shows the reason. Without ``build`` it is the generation that the store has now.
        """
        try:
            self._say(_step("loading_basin"))
            await asyncio.to_thread(require_fonts)  # said before anything is built
            if build and not await asyncio.to_thread(self._is_built):
                await self._something_built()
            self._open = True
            self._say(_step("loading_basin"))
            if not build:
                self.published.clear()
            basin = await asyncio.to_thread(self._basin)
            target = Target(generation=basin.generation.id, models=basin.generation.id)
            described = asyncio.create_task(painter.describe(target))  # beside what is read here
            try:
                session = await asyncio.to_thread(_session, basin)
                self._say(_step("loading_scene"))
                await described
            finally:
                described.cancel()
            return Opened(session=session, target=target)
        except TwinError as error:
            logger.error("twin: the basin could not be opened: %s", say(error, "en"))
            self.error = error
            self._say(_failure(error))
            return None
        except Exception as error:
            logger.exception("the basin could not be opened")
            self.error = error
            self._say(_failure(error))
            return None

    async def growth(self) -> AsyncIterator[Grown]:
        """Yield the generation of all models, whenever there are more.

        More than when the basin was opened.
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

    def _grow(self) -> Grown:
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
            self._say_behind(_progress(state))
        else:
            self._say(_build(state))

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
        self._say_behind(_build_failed if failed else _nothing)

    async def shown(self, stream: FrameStream) -> None:
        """Take the cover away once a picture was drawn."""
        await stream.first_picture.wait()
        self.uncover()

    def uncover(self) -> None:
        """Take the cover away."""
        self._say(lambda language: LoadingView(active=False))

    def cannot_draw(self, error: Exception) -> None:
        """Show on the loading screen why there is no picture yet.

        It goes when a picture comes.
        """
        self._say(_no_picture(error))

    def _say_behind(self, message: Message) -> None:
        self._behind = message
        self._on_behind(message(self._language))

    def _say(self, view: View) -> None:
        self._view = view
        self._publish(view(self._language))

    def _is_built(self) -> bool:
        from meshes.pipeline import is_built  # noqa: PLC0415  (brings GDAL; only for a moment)

        return is_built(self._catalog, root=self._root, store=self._store, detail=self._detail)

    def _basin(self) -> Basin:
        return Basin.open(self._catalog, root=self._root, store=self._store)


def _session(basin: Basin) -> Session:
    session = Session(basin, flood=first_flood(basin))
    session.lacks = lacks_of(basin)
    session.report  # noqa: B018  (a basin without a curve fails here, and not under a hand)
    return session


def _nothing(language: Language) -> str:
    return ""


def _build_failed(language: Language) -> str:
    return texts(language)["building_failed"]


def _progress(state: BuildState) -> Message:
    def message(language: Language) -> str:
        percent = round(100 * state.done)
        return texts(language)["building_behind"].format(what=state.title[language], percent=percent)

    return message


def _step(name: str) -> View:
    def view(language: Language) -> LoadingView:
        t = texts(language)
        return LoadingView(title=t["loading"], detail=t[name])

    return view


def _build(state: BuildState) -> View:
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


def _failure(error: Exception) -> View:
    def view(language: Language) -> LoadingView:
        t = texts(language)
        detail = f"{say(error, language)} {t['failed_again']}"
        return LoadingView(failed=True, again=True, title=t["failed"], detail=detail)

    return view


def _no_picture(error: Exception) -> View:
    def view(language: Language) -> LoadingView:
        t = texts(language)
        return LoadingView(failed=True, title=t["picture_failed"], detail=say(error, language))

    return view

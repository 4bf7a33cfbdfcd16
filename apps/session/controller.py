"""Connect session, scene and page.

Whatever changes one of them goes through here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from apps.error_messages import say
from apps.session.session import Session
from apps.session.views import CardView, Panel, TypedView, Unit, plain
from apps.texts import texts
from twin.bilingual import Language

if TYPE_CHECKING:
    from apps.session.controlled import Live, Message, Publish, SceneHandle
    from apps.session.lacks import Lack
    from apps.session.visitor_runs import VisitorRuns
    from apps.session.wall_state import WallState
    from layers.layer import LayerFacts
    from twin.basin import Basin
    from twin.moment import Moment
    from twin.scene import Scene, Selection

logger = logging.getLogger(__name__)

READ_S = 0.2
"""Numbers change at most so often while something moves."""

OF_THE_MOMENT = ("provenance", "point")
"""Kinds of cards that say something of the water shown."""

T = TypeVar("T")

TOAST_S = 10.0
"""A message stays so long."""


def _picture_failed(language: Language) -> str:
    return texts(language)["picture_failed"]


class PagePart(Protocol):
    """Part of a page as a controller needs it.

    :class:`apps.parts.part.Part`.
    """

    @property
    def id(self) -> str: ...
    @property
    def view(self) -> Callable[[Controller], Mapping[str, Any]] | None: ...
    @property
    def caption(self) -> Callable[[Controller], Mapping[str, Any]] | None: ...


class Controller:
    """Controller of one view: applies actions to session, scene and page.

    ``session`` holds what is shown, ``area`` draws it, ``publish`` updates the page.
    """

    def __init__(
        self, session: Session, area: SceneHandle, publish: Publish, *, parts: Sequence[PagePart] = ()
    ) -> None:
        self.session = session
        self._parts = {part.id: part for part in parts}
        self.area = area
        self.publish = publish
        self.unit: Unit = "storage"
        self.panel: Panel = ""
        self.rem_px = 15.0
        self.layers: Mapping[str, LayerFacts] = {}
        #: More is to be said anew when the language has changed.
        self.on_language: list[Callable[[], None]] = []
        #: Another panel has been opened.
        self.on_panel: list[Callable[[], None]] = []
        #: Something else is selected.
        self.on_selection: list[Callable[[], None]] = []
        #: The picture is at rest.
        self.on_rest: list[Callable[[], None]] = []
        #: Ends a replay, wherever it is; the time bar's.
        self.stop_replay: Callable[[], None] = lambda: None
        #: Says what is known of a place of the picture (shares from left and top); the card's.
        self.pick: Callable[[float, float], None] = lambda x, y: None
        #: Shows the card of what the scene has selected; the card's.
        self.show_selection: Callable[[], None] = lambda: None
        #: Shows the card of a place in the frame's CRS, with its name in both languages; the card's.
        self.show_place: Callable[[float, float, Mapping[str, str] | None], None] = lambda *_: None
        #: What-ifs and forecasts that the visitor may see; None where none are kept.
        self.runs: VisitorRuns | None = None
        #: What-if of the panel, as the page keeps it; the panel's.
        self.what_if: Callable[[], object] = lambda: None
        #: Makes a page to keep, of a kind and size; the hub's.
        self.make_page: Callable[[Literal["png", "pdf"], str], None] = lambda kind, size: None
        #: What follows the live service, where the basin has stations.
        self.live: Live | None = None
        #: State of the wall beyond its Scene; of the wall's own controller only.
        self.wall: WallState | None = None
        #: Storyboard that is open; of a studio's controller only.
        self.studio: object | None = None
        #: Shows a Scene on the wall in the visitor's name; None where there is no wall, or no right to.
        self.send_to_wall: Callable[[Scene], None] | None = None
        #: The live service has said more.
        self.on_live: list[Callable[[], None]] = []
        #: Another moment is shown.
        self.on_moment: list[Callable[[], None]] = []
        self._linked: Moment | None = None
        self._captioned: Moment | None = None
        self._toast: Message | None = None
        self._typed = TypedView()
        self._soon: asyncio.TimerHandle | None = None
        self._published_at = 0.0
        self._card: Callable[[], CardView] = CardView
        self._card_kind = ""
        self._card_serial = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, language: Language) -> None:
        """Show the session's scene in a language."""
        self._have_layers(await self.area.layers())
        self.area.caption = self.caption
        self.set_language(language)

    def close(self) -> None:
        """Publish nothing any more: another controller has taken the page over."""
        self.publish = lambda **_: None
        if self._soon is not None:
            self._soon.cancel()
        for task in self._tasks:
            task.cancel()

    @property
    def language(self) -> Language:
        """Language of page and picture."""
        return self.session.scene.language

    # -- the page -------------------------------------------------------------------------------------

    def publish_all(self) -> None:
        """Publish everything, in the present language and unit."""
        self.publish_moment()
        if self._captioned is self.session.scene.moment:  # the picture is of it: only the words change
            self.publish(**self.caption())
        for part in self._parts:
            self.publish_part(part)
        for call in self.on_language:
            call()

    def publish_part(self, part: str) -> None:
        """Publish what a part of the page shows of the scene now."""
        if (found := self._parts.get(part)) is not None and found.view is not None:
            self.publish(**found.view(self))

    def notify_rest(self) -> None:
        """Notify listeners that the picture is at rest."""
        for call in self.on_rest:
            call()
        self.query(self.area.layers(), self._show_layers)

    def publish_moment_soon(self) -> None:
        """Publish the slider, at most every 0.2 s.

        Gestures outnumber what eyes can read.
        """
        if self._soon is None:
            loop = asyncio.get_running_loop()
            self._soon = loop.call_at(max(loop.time(), self._published_at + READ_S), self.publish_moment)

    def publish_moment(self) -> None:
        """Publish the slider at once; figures, time and mode follow the picture."""
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        self._published_at = asyncio.get_running_loop().time()
        self.publish_part("level_slider")
        self.area.recaption()
        if self._linked != self.session.scene.moment:
            self._linked = self.session.scene.moment
            for call in self.on_moment:
                call()

    def caption(self) -> dict[str, Any]:
        """Return mode, figures, time and card of the next picture.

        As the page keeps them. It travels with the picture, so no number is shown beside another one's water.
        """
        self._captioned = self.session.scene.moment
        views: dict[str, Any] = {}
        for part in self._parts.values():
            if part.caption is not None:
                views |= part.caption(self)
        if self._card_kind in OF_THE_MOMENT:
            views["card"] = replace(self._card(), serial=self._card_serial)
        return {name: plain(view) for name, view in views.items()}

    def show_card(self, card: Callable[[], CardView]) -> None:
        """Show a card, refreshed when the moment or language changes."""
        self._card = card
        self._card_serial += 1
        self._publish_card(card())

    def select(self, selection: Selection | None) -> None:
        """Store the clicked selection in the scene, for links.

        None for nothing.
        """
        self.session.do(lambda scene: scene.changed(selection=selection))
        for call in self.on_selection:
            call()

    @property
    def card_kind(self) -> str:
        """Kind of the card shown, '' for none."""
        return self._card_kind

    def refresh_card(self) -> None:
        """Refresh the card.

        What follows from the moment comes with its picture.
        """
        if self._card_kind and self._card_kind not in OF_THE_MOMENT:
            self._publish_card(self._card())

    def _publish_card(self, view: CardView) -> None:
        self._card_kind = view.kind
        self.publish(card=replace(view, serial=self._card_serial))

    def set_language(self, language: Language) -> None:
        """Set the language of page and scene."""
        self.do(lambda scene: scene.changed(language=language), moving=False)
        self.refuse_typed(TypedView())
        self._show_toast(self._toast)
        self.publish(t=texts(language))
        self.publish_all()

    def open_panel(self, panel: Panel) -> None:
        """Open another panel, or none.

        What only it shows is published while it is open.
        """
        self.panel = panel
        for call in self.on_panel:
            call()

    def show_unit(self, unit: Unit) -> None:
        """Switch the slider to storage or level."""
        self.unit = unit
        self.refuse_typed(TypedView())
        self.publish_part("level_slider")

    def refuse_typed(self, view: TypedView) -> None:
        """Show beside the field why typed text is refused.

        An empty view takes the words away.
        """
        if view != self._typed:
            self._typed = view
            self.publish(typed=view)

    def show_error(self, error: Exception) -> None:
        """Show an error in a sentence for a while.

        A bug gets the general one.
        """

        def message(language: Language) -> str:
            return say(error, language)

        self.show_message(message)

    def show_message(self, message: Message) -> None:
        """Show a message for a while."""
        self._show_toast(message)
        asyncio.get_running_loop().call_later(TOAST_S, self.dismiss, message)

    def show_trouble(self, trouble: bool) -> None:
        """Show that the picture cannot be refreshed, until it can."""
        if trouble:
            self._show_toast(_picture_failed)
        else:
            self.dismiss(_picture_failed)

    def dismiss(self, message: Message | None = None) -> None:
        """Dismiss a message: this one if still shown, or any."""
        if message in (None, self._toast):
            self._show_toast(None)

    def _show_toast(self, message: Message | None) -> None:
        self._toast = message
        self.publish(toast="" if message is None else message(self.language))

    # -- the scene ------------------------------------------------------------------------------------

    def do(self, action: Callable[[Scene], Scene], *, moving: bool = True) -> None:
        """Apply an action to the session's scene, and draw it."""
        self.session.do(action)
        self.area.changed(moving=moving)

    def models_grown(self, models: Basin, lacks: Mapping[str, Sequence[Lack]]) -> None:
        """Show the models that are there by now.

        ``models`` is the basin that has them, ``lacks`` what is missing of all data, by layer.
        """
        self.session.models, self.session.lacks = models, lacks
        self.query(self.area.layers(), self._have_layers)

    def _have_layers(self, layers: Sequence[LayerFacts]) -> None:
        self.layers = {layer.id: layer for layer in layers}
        self.session.have_layers({layer.id: layer.at_first for layer in layers})
        self.area.changed(moving=False)
        self.publish_part("layers")

    def _show_layers(self, layers: Sequence[LayerFacts]) -> None:
        self.layers = {layer.id: layer for layer in layers}
        self.publish_part("layers")

    def query(self, question: Awaitable[T | None], then: Callable[[T], None]) -> None:
        """Await a painter's answer; ``then`` gets it.

        Unless there is nothing to draw yet.
        """

        async def run() -> None:
            try:
                answer = await question
                if answer is not None:
                    then(answer)
            except Exception as error:
                logger.exception("a question to the scene failed")
                self.show_error(error)

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

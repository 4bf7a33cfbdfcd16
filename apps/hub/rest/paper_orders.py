"""Make pages to keep: scene drawn, page laid out, journalled."""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from apps.hub.rest.problems import ParameterError, TooBusyError
from apps.hub.rest.still_pictures import size_of
from apps.papers.formats import Job, Size, picture_size
from apps.session.past_values import then_of
from twin.errors import TwinError

if TYPE_CHECKING:
    from apps.hub.rest.still_pictures import StillPictures
    from apps.live.live_feed import LiveFeed
    from apps.painter.messages import Target
    from apps.painter.pool import PainterPool
    from apps.papers.sheet import Kind, PaperSheet
    from layers.labels.signs import Signs
    from twin.scene import Scene

logger = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "apps.papers.draw_paper")
LAYOUT_S = 60.0
WAIT_S = 20.0
"""So long a page waits for the tiles of its picture."""
LEAST, MOST_PIXELS = (960, 540), 3840 * 2160
"""A page's PNG: what its words need, and what a painter draws of it."""
MOST_KEPT = 8
"""Files that wait to be fetched; a page has up to 6 MB."""
TYPES = {"png": "image/png", "pdf": "application/pdf"}


class PaperError(TwinError):
    """Page that could not be laid out; the log has the reason."""

    zh = "页面排版失败，画面不受影响；请稍后重试，仍不成功请与管理员联系"


@dataclass(frozen=True, kw_only=True)
class PaperOrder:
    """Page to make: its words, its scene, and the signs of stations."""

    kind: Kind
    size: Size
    sheet: PaperSheet
    scene: Scene
    signs: Signs
    target: Target


@dataclass(frozen=True, kw_only=True)
class Paper:
    """Finished file; only its owner may fetch it."""

    owner: str
    kind: Kind
    name: str
    content: bytes
    complete: bool


@dataclass
class Papers:
    """Makes pages, one at a time a visitor; keeps the last ones."""

    painter: PainterPool
    stills: StillPictures
    _at_work: set[str] = field(default_factory=set)
    _kept: dict[str, Paper] = field(default_factory=dict)

    async def make(
        self,
        order: PaperOrder,
        *,
        owner: str,
        who: str,
        on_step: Callable[[float], None] = lambda share: None,
    ) -> Paper:
        """Make a page; ``on_step`` is called with the share that is done.

        ``owner`` may fetch it, ``who`` has one at a time. Raises TooBusyError, PaperError, PainterError,
        PainterGoneError.
        """
        if who in self._at_work:
            raise TooBusyError
        self._at_work.add(who)
        try:
            still = await self.stills.draw(
                self.painter,
                order.target,
                order.scene,
                signs=order.signs,
                size=picture_size(order.kind, order.size),
                kind="jpeg" if order.kind == "pdf" else "png",
                wait_s=WAIT_S,
                on_step=lambda share: on_step(0.9 * share),
            )
            pixels = order.size if order.kind == "png" else (still.picture.width, still.picture.height)
            job = Job(sheet=order.sheet, kind=order.kind, size=pixels)
            content = await _laid_out(job, still.picture.content)
        finally:
            self._at_work.discard(who)
        name = f"{order.sheet.title.partition(' ')[0]} {order.sheet.id}.{order.kind}"
        return Paper(owner=owner, kind=order.kind, name=name, content=content, complete=still.complete)

    def keep(self, paper: Paper) -> str:
        """Keep a page to be fetched; returns its key."""
        key = secrets.token_urlsafe(18)
        self._kept[key] = paper
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return key

    def kept(self, key: str, *, owner: str) -> Paper | None:
        """Return a kept page to its owner, else None."""
        found = self._kept.get(key)
        return found if found is not None and found.owner == owner else None


def values_of(scene: Scene, feed: LiveFeed | None) -> str:
    """Return the revision of live values: when they were known, UTC.

    Observations are kept as they came, so a time names one state of them. '' where none are shown.
    """
    then = then_of(scene.moment)
    if then is not None:
        return "" if then.known_at is None else then.known_at.isoformat()
    heard_at = None if feed is None else feed.client.heard_at
    shows = scene.moment.is_live or scene.live_values
    return heard_at.isoformat(timespec="milliseconds") if heard_at is not None and shows else ""


def journalled(order: PaperOrder, paper: Paper) -> dict[str, Any]:
    """Return what the audit journal keeps of a page."""
    return {
        "what": {"png": "picture", "pdf": "page"}[order.kind],
        "id": order.sheet.id,
        "scene": order.scene.to_link(),
        "generation": order.target.generation,
        "values": order.sheet.values,
        "complete": paper.complete,
    }


def page_size(text: str) -> Size:
    """Parse the size of a page's PNG like "1920x1080".

    Raises ParameterError for what is none, or cannot hold a page's words.
    """
    width, height = size_of(text, most=MOST_PIXELS)
    if width < LEAST[0] or height < LEAST[1]:
        raise ParameterError(
            "size", f"a page needs {LEAST[0]}x{LEAST[1]} at least", f"页面至少 {LEAST[0]}x{LEAST[1]}"
        )
    return width, height


async def _laid_out(job: Job, picture: bytes) -> bytes:
    """Lay a page out in a process of its own, which ends with the task."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*COMMAND, stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        async with asyncio.timeout(LAYOUT_S):
            content, words = await child.communicate(job.model_dump_json().encode() + b"\n" + picture)
    except TimeoutError:
        raise PaperError(f"the page was not laid out within {LAYOUT_S:g} s") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        logger.error("a page could not be laid out: %s", words.decode(errors="replace").strip())
        raise PaperError("the page could not be laid out; the log says why")
    return content

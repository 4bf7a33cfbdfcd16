"""Compare the open generation with the store's: newer, pruned, or gone."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from apps.formatting import written
from apps.parts.trouble import NoticeView
from apps.texts import texts
from twin.bilingual import Language
from twin.store import Generation, NotBuiltError, Store

LOOK_EVERY_S = 2.0

Kind = Literal["", "newer", "pruned", "gone"]


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Relation of the open generation to its store.

    ``current`` is the one to change to, if it is another.
    """

    kind: Kind = ""
    open_id: str = ""
    current: Generation | None = None


def offer(store: Store, opened: Generation, *, own: Container[str] = ()) -> Offer:
    """Compare the open generation with its store.

    ``own`` are the generations of a build that this view follows by itself. Costs a stat for each product.
    """
    try:
        current = store.current()
    except NotBuiltError:
        current = None
    if current is None:
        return Offer(kind="gone", open_id=opened.id)
    if not all(opened.path(step).is_dir() for step in opened.products):
        return Offer(kind="pruned", open_id=opened.id, current=current)
    if current.id == opened.id or current.id in own:
        return Offer(open_id=opened.id)
    return Offer(kind="newer", open_id=opened.id, current=current)


def notice(found: Offer, store: Store, zone: ZoneInfo, language: Language) -> NoticeView:
    """Return the page's notice of an offer.

    It has an action where there is a generation to change to.
    """
    if not found.kind:
        return NoticeView()
    t = texts(language)
    created = "" if found.current is None else written(datetime.fromisoformat(found.current.created), zone)
    words = t[f"generation_{found.kind}"].format(id=found.open_id, created=created, folder=store.folder.name)
    return NoticeView(text=words, action=t["generation_open"] if found.current is not None else "")

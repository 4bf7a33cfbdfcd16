"""The head of the page: which basin, and which kind of moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.view.state import HeadView, Language
from apps.view.texts import texts

if TYPE_CHECKING:
    from apps.view.session import Session
    from twin.catalog import Catalog


def view(catalog: Catalog, session: Session | None, language: Language, *, visitors: int) -> HeadView:
    """Before the basin is open there is no session, and no frame."""
    t, name = texts(language), catalog.head.name
    basic = HeadView(
        title=t["title"].format(name=name.zh if language == "zh" else name.en),
        synthetic=catalog.head.synthetic,
        visitors=visitors,
    )
    if session is None or session.moment.is_live:
        return basic
    note = t["mode_not_live"]
    if session.replaying and session.flood is not None:
        note = f"{session.flood.name[language]} · {note}"
    return HeadView(
        title=basic.title,
        synthetic=basic.synthetic,
        visitors=visitors,
        tone=session.moment.mode,
        mode=t["mode_" + session.moment.mode.replace("-", "_")],
        note=note,
    )

"""Cover over one desk's picture: progress of the opening, failures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from apps.hub.startup import UNTOLD
from twin.access import sees_all

if TYPE_CHECKING:
    from apps.hub.startup import Cover, Startup
    from apps.hub.visitor import Visitor
    from apps.parts.loading import LoadingView
    from twin.bilingual import Language
    from twin.catalog import Catalog


class DeskCover:
    """Cover of a desk.

    Entries that its visitor does not see are not named.
    """

    def __init__(self, startup: Startup, catalog: Catalog, visitor: Visitor) -> None:
        self._startup, self._visitor = startup, visitor
        self._whole = sees_all(catalog, visitor.sees)
        #: Why there is no picture yet; None where the hub's opening is the reason.
        self.own: Cover | None = None

    def view(self, language: Language) -> LoadingView:
        """Return the cover in a language; only operators may try again."""
        opening = self._startup.cover if self._whole else self._startup.nameless_cover
        loading = (self.own or opening)(language)
        return replace(loading, again=loading.again and self._visitor.may("operate"))

    def behind(self, language: Language) -> str:
        """Return what is built behind the page, "" for nothing."""
        message = self._startup.behind if self._whole else self._startup.nameless_behind
        return message(language)

    def told(self, error: Exception) -> Exception:
        """Return an error of the basin's as this visitor may read it.

        Its reason may name any entry.
        """
        return error if self._whole else UNTOLD

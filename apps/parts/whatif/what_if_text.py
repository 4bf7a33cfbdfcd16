"""Parse what is typed into the fields of the what-if panel."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from apps.parts.typed import NotUnderstood, read
from apps.texts import texts
from twin.errors import TwinError
from twin.stations.units import UnitError, in_own_unit
from twin.written_time import WrittenTimeError, read_time

if TYPE_CHECKING:
    from apps.session.controller import Controller

_NUMBER = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?)\s*(.*)", re.ASCII)


class FlowError(TwinError):
    """Text that is no number of a flow, opening or share."""

    zh = "“{text}”不是{what}"


class WhatIfText:
    """Parser of levels, flows and times, by a session's units and zone.

    All raise FlowError for text that is none, LevelOutOfRange and StorageOutOfRange.
    """

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def level(self, text: str) -> float:
        """Parse a level (m), or a storage with its unit."""
        session, found = self._controller.session, read(text)
        if isinstance(found, NotUnderstood):
            raise self._refused(text, "level")
        if found.unit == "storage":
            return session.levels.level_of("storage", found.value / session.levels.storage_unit.m3)
        return session.levels.level_of("level", found.value)

    def flow(self, series: str, text: str) -> float:
        """Parse a flow (m³/s without a unit), or an opening."""
        if series not in ("inflow", "release"):
            return self.number(text, "whatif_an_opening")
        plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
        found = _NUMBER.fullmatch(plain)
        if found is None or not any(sign.isdigit() for sign in found[1]):
            raise self._refused(text, "whatif_a_flow")
        value = float(found[1].replace(",", ""))
        try:
            return in_own_unit(value, found[2] or None, series)
        except UnitError:
            raise self._refused(text, "whatif_a_flow") from None

    def number(self, text: str, what: str) -> float:
        """Parse a number; ``what`` is the text key of its name."""
        plain = unicodedata.normalize("NFKC", text).strip()
        found = _NUMBER.fullmatch(plain)
        if found is None or found[2] or not any(sign.isdigit() for sign in found[1]):
            raise self._refused(text, what)
        return float(found[1].replace(",", ""))

    def time(self, text: str) -> float:
        """Parse a time, s since 1970, in the site's zone."""
        try:
            return read_time(text.strip(), zone=self._controller.session.zone).timestamp()
        except WrittenTimeError:
            raise self._refused(text, "whatif_a_time") from None

    def _refused(self, text: str, what: str) -> FlowError:
        shown = text.strip()[:40]
        names = {language: texts(language)[what] for language in ("zh", "en")}
        return FlowError(f"{shown!r} is no {names['en'].lower()}", text=shown, what=names["zh"])

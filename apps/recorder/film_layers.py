"""States of a shot's layers, attributions, and layers left out."""

from __future__ import annotations

from collections.abc import Mapping

from apps.line_translation import translated
from apps.texts import texts
from layers.layer import entry_layer, layer_id
from twin.basin import Basin
from twin.bilingual import Language
from twin.catalog import Entry
from twin.catalog.layer_kinds import kind_of
from twin.scene import LayerState
from twin.storyboard.storyboard import Shot

HIDDEN = LayerState(visible=False)
STATIONS = "stations"


class FilmLayers:
    """Layers of a film over a basin.

    ``left_out`` are titles, in both languages, of entries that the film's readers may not see, by id.
    """

    def __init__(
        self, basin: Basin, *, left_out: Mapping[str, Mapping[str, str]], language: Language
    ) -> None:
        self._basin, self._language = basin, language
        self._left_out = {layer_id(id_): title for id_, title in left_out.items()}

    def states(self, shot: Shot) -> dict[str, LayerState]:
        """Return the states that differ from the catalog's."""
        hidden = dict.fromkeys(self._left_out, HIDDEN)
        signs = {} if shot.stations != "none" else {STATIONS: HIDDEN}
        return {**signs, **shot.layers, **hidden}

    def attributions(self, shot: Shot) -> str:
        """Return sources of what the shot shows.

        Each licence stands once, behind its own; '' for none.
        """
        t, states = texts(self._language), self.states(shot)
        sources: dict[str, dict[str, None]] = {}
        for entry in self._basin.catalog.entries.values():
            if self._is_shown(entry, states):
                of_licence = sources.setdefault(entry.licence or "", {})
                of_licence[translated(entry.source, self._language)] = None
        groups = [
            t["paper_between"].join(names) + (f" · {licence}" if licence else "")
            for licence, names in sources.items()
        ]
        return t["paper_sources"] + t["paper_between"].join(groups) if groups else ""

    def lacking(self, shot: Shot) -> str:
        """Name layers that are left out of the shot; '' for none."""
        wanted = [
            title[self._language]
            for layer, title in self._left_out.items()
            if shot.layers.get(layer, LayerState()).visible
        ]
        t = texts(self._language)
        return t["film_lacking"].format(names=t["paper_and"].join(wanted)) if wanted else ""

    def _is_shown(self, entry: Entry, states: Mapping[str, LayerState]) -> bool:
        if kind_of(entry.kind).shown_by == "water" and entry.kind != "curve":
            return False  # floods and outlets are nowhere to be seen
        state = states.get(entry_layer(entry))
        if state is None:
            state = LayerState(visible=bool(kind_of(entry.kind).shown_by) or entry.show.visible)
        return state.visible and state.opacity > 0.0

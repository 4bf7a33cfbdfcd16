"""List per layer what a build omitted or doubts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from apps.error_messages import told, without_folders
from apps.line_translation import translated
from apps.texts import texts
from layers.layer import entry_layer
from twin.basin import Basin
from twin.bilingual import Language
from twin.catalog.layer_kinds import kind_of
from twin.doubts import notes_of
from twin.errors import Reason
from twin.notes import Notes, alike

MOST = 3
"""Reasons of one entry that a layer's row shows; the others are counted."""

SHARED = ("terrain", "water")
"""Layers that show several entries."""

NOTHING = Notes()


@dataclass(frozen=True, kw_only=True)
class Lack:
    """Losses of one entry.

    ``fault`` where all of it is lost, else ``notes``. ``title`` in both languages where the layer shows more
    than this entry, else none.
    """

    title: Mapping[str, str] | None
    fault: Reason | None = None
    notes: Notes = NOTHING

    def lines(self, language: Language) -> Iterator[str]:
        """Return a line for each kind of loss, in a language."""
        t = texts(language)
        name = "" if self.title is None else t["lack_of"].format(name=self.title[language])
        if self.fault is not None:
            yield name + t["lack_all"].format(why=without_folders(told(self.fault, language)))
        groups = alike(self.notes.lines)
        why = []
        for first, count in groups[:MOST]:
            line = translated(without_folders(first), language)
            why.append(line if count == 1 else t["lack_alike"].format(line=line, count=count - 1))
        if len(groups) > MOST:
            why.append(t["lack_more"].format(count=len(groups) - MOST))
        if self.notes.missing:
            missing, tiles = f"{self.notes.missing:,}", f"{self.notes.tiles:,}"
            yield name + t["lack_tiles"].format(missing=missing, tiles=tiles, why=t["lack_and"].join(why))
        else:
            yield from (name + t["lack_doubt"].format(why=line) for line in why)


def lacks_of(basin: Basin) -> dict[str, list[Lack]]:
    """Return entries' losses by the id of the layer showing them.

    A layer that is greyed says its fault itself. Takes 0.1 s: curves and floods are compared.
    """
    found: dict[str, list[Lack]] = {}
    entries = basin.catalog.entries
    for fault in basin.generation.faults:
        entry = entries.get(fault.entry)
        if entry is not None and kind_of(entry.kind).shown_by:
            lack = Lack(title=entry.title.model_dump(), fault=fault.why)
            found.setdefault(entry_layer(entry), []).append(lack)
    for name, notes in notes_of(basin).items():
        entry = entries.get(name)
        if entry is None or not (notes.lines or notes.missing):
            continue
        layer = entry_layer(entry)
        lack = Lack(title=entry.title.model_dump() if layer in SHARED else None, notes=notes)
        found.setdefault(layer, []).append(lack)
    return found


def lacks_at(layer: str, lacks: Mapping[str, Sequence[Lack]], shown: Mapping[str, object]) -> list[Lack]:
    """Return the losses of a layer.

    The ground's also has those of layers that are not there.
    """
    own = list(lacks.get(layer, ()))
    if layer == "terrain":
        own += [lack for other, some in lacks.items() if other not in shown for lack in some]
    return own

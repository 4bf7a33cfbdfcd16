"""Translate English lines of readers and builds by a catalogue.

Readers run in child processes and hand over plain English lines, which products keep. Their Chinese is in
``locale/lines.zh.yaml``: a line is matched against its templates, the text of a blank translated in turn.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter

import yaml

from twin.bilingual import Language

_CATALOGUE = Path(__file__).with_name("locale") / "lines.zh.yaml"


def translated(line: str, language: Language) -> str:
    """Translate an English line, but for its file or place.

    What precedes it is left as it is; one without Chinese stays.
    """
    return line if language == "en" else _chinese(line) or line


@cache
def catalogue() -> dict[str, str]:
    """Return Chinese templates by the English ones; blanks in braces."""
    loaded: dict[str, str] = yaml.safe_load(_CATALOGUE.read_text(encoding="utf-8"))
    return loaded


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of the English templates, those with the most letters of their own first."""

    def letters(template: str) -> int:
        return sum(len(text) for text, *_ in Formatter().parse(template))

    found = sorted(catalogue().items(), key=lambda pair: -letters(pair[0]))
    return tuple((_pattern(english), chinese) for english, chinese in found)


def _pattern(template: str) -> re.Pattern[str]:
    """A pattern with a group for each blank: ``{n}`` is a number, ``{why}`` a line, others hold no colon."""
    blanks = {None: "", "n": r"(?P<n>[\d,.]+)", "why": "(?P<why>.+?)"}
    parts = ((re.escape(text), name) for text, name, *_ in Formatter().parse(template))
    return re.compile(
        "".join(text + blanks.get(name, f"(?P<{name}>(?:(?!: |; this is ).)+?)") for text, name in parts)
    )


@lru_cache(maxsize=1024)
def _chinese(line: str) -> str | None:
    """A line in Chinese; None where neither the whole nor what follows a colon is in the catalogue."""
    for pattern, chinese in _patterns():
        if found := pattern.fullmatch(line):
            parts = {name: _part(text) for name, text in found.groupdict().items()}
            why = found.groupdict().get("why")
            if why is None or parts["why"] != why:
                return chinese.format_map(parts)
    place, colon, rest = line.partition(": ")
    told = _chinese(rest) if colon else None
    return None if told is None else f"{place}：{told}"


def _part(text: str) -> str:
    """What stands in a blank: another line, a list of such, or a name or number, which stays."""
    if (whole := _chinese(text)) is not None:
        return whole
    items = [_chinese(item) for item in text.split(", ")]
    return text if None in items else "，".join(item for item in items if item)

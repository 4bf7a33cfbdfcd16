"""YAML as plain values, with the line of every key.

Read from PyYAML's events and not by its constructors: no tag runs code, no alias multiplies, no depth
overflows a stack, and ``no``, ``08:30`` or ``2025-07-29`` stay the text they are (YAML 1.2's core schema).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

# libyaml's parser where PyYAML has it: the same events, thirty times faster.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_BYTES = 512 * 1024
MAX_DEPTH = 16
MAX_NODES = 50_000

Path = tuple[str | int, ...]

_INT = re.compile(r"[-+]?(0|[1-9]\d{0,29})", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.\d+|(0|[1-9]\d*)(\.\d*)?)([eE][-+]?\d{1,5})?", re.ASCII)
# 0012345678 is a station's code: YAML's core schema would take its zeros. It stays text, as 08:30 does.
_WORDS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", "+.inf", ".Inf"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}


_SYNTAX = (
    ("tab", "a tabulator stands where only blanks may"),
    ("mapping values are not allowed", "a ':' too many, or a line that is indented wrongly"),
    ("could not find expected ':'", "a key without ': ' (a colon and a blank) behind it, on the line before"),
    ("did not find expected key", "a line that is indented otherwise than those before it"),
    ("did not find expected '-'", "a line that is indented otherwise than the list before it"),
    ("did not find expected ',' or", "a list or group in brackets is not closed, or a comma is missing"),
    ("did not find expected node content", "a list or group in brackets is not closed"),
    ("unexpected end of stream", "a quotation mark is not closed"),
    ("cannot start any token", "a value begins with a sign that needs quotes"),
    ("escape", "a \\ in double quotes; use single quotes"),
    ("control characters", "it holds control characters"),
    ("special characters are not allowed", "it holds control characters"),
)
"""What the parser says, in part, and the words for it."""


@dataclass(frozen=True)
class YamlFault:
    """Fault of YAML that is refused: where, and why.

    Some of it YAML itself allows.
    """

    path: Path
    line: int
    code: str
    message: str


@dataclass
class Document:
    """Values, line numbers and faults of a YAML file.

    The line of each key or item by its path, and what was refused on the way.
    """

    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[YamlFault] = field(default_factory=list)
    whole: bool = True
    """False where reading had to stop: ``value`` then means nothing."""

    def line_of(self, path: Path) -> int:
        """Return the line of the key at ``path``.

        Or of its nearest parent.
        """
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _StopError(Exception):
    def __init__(self, fault: YamlFault) -> None:
        self.fault = fault


def read_yaml(raw: bytes) -> Document:
    """Read one YAML document.

    Never raises: what is wrong stands in ``faults``.
    """
    document = Document()
    try:
        _read(raw, document)
    except _StopError as stop:
        document.faults.append(stop.fault)
        document.whole = False
    return document


def _read(raw: bytes, document: Document) -> None:
    if len(raw) > MAX_BYTES:
        size = f"is larger than the {MAX_BYTES // 1024} KiB that such a file may have"
        raise _StopError(YamlFault((), 1, "too-large", size))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _StopError(YamlFault((), line, "encoding", "is not UTF-8; save the file as UTF-8")) from None
    if not text.strip():
        raise _StopError(YamlFault((), 1, "empty", "the file is empty"))
    try:
        _Builder(yaml.parse(text, Loader=_LOADER), document).build()
    except yaml.YAMLError as error:
        raise _StopError(_syntax(error)) from None


def _syntax(error: yaml.YAMLError) -> YamlFault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "").lower()
    words = next((ours for part, ours in _SYNTAX if part in said), "cannot be read from here on")
    return YamlFault((), mark.line + 1 if mark else 1, "syntax", f"is not YAML: {words}")


class _Builder:
    def __init__(self, events: Iterator[yaml.Event], document: Document) -> None:
        self.events = events
        self.document = document
        self.nodes = 0

    def build(self) -> None:
        self._next()  # the stream
        if isinstance(self._next(), yaml.StreamEndEvent):
            raise _StopError(YamlFault((), 1, "empty", "the file holds nothing but comments"))
        self.document.value = self._node(self._next(), ())
        self._next()  # the document's end
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            raise _StopError(YamlFault((), _line(after), "documents", "holds more than one document ('---')"))

    def _next(self) -> yaml.Event:
        return next(self.events)

    def _refuse(self, path: Path, line: int, code: str, message: str) -> None:
        self.document.faults.append(YamlFault(path, line, code, message))

    def _node(self, event: yaml.Event, path: Path) -> object:
        line = _line(event)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise _StopError(YamlFault((), line, "too-large", f"holds more than {MAX_NODES} values"))
        if len(path) > MAX_DEPTH:
            raise _StopError(YamlFault(path, line, "too-deep", f"is nested more than {MAX_DEPTH} deep"))
        if isinstance(event, yaml.AliasEvent):
            self._refuse(
                path, line, "alias", f"aliases (*{event.anchor}) are not allowed; write the value out"
            )
            return None
        if getattr(event, "anchor", None):
            self._refuse(path, line, "anchor", f"anchors (&{event.anchor}) are not allowed; write values out")  # type: ignore[attr-defined]
        tag = getattr(event, "tag", None)
        if tag:
            self._refuse(path, line, "tag", f"tags ({tag}) are not allowed; write the plain value")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        assert isinstance(event, yaml.ScalarEvent)
        return _scalar(event)

    def _mapping(self, path: Path) -> dict[str, object]:
        value: dict[str, object] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(path, line, "key", "a key must be a plain word")
                self._node(event, (*path, "?"))
                self._node(self._next(), (*path, "?"))
                continue
            key = str(event.value)
            inner = (*path, key)
            known = key in value
            if known:
                first = self.document.lines[inner]
                self._refuse(inner, line, "duplicate-key", f"stands twice; first on line {first}")
            else:
                self.document.lines[inner] = line
            if event.anchor or event.tag:
                self._refuse(inner, line, "anchor", "anchors and tags are not allowed on keys")
            item = self._node(self._next(), inner)
            if not known:
                value[key] = item
        return value

    def _sequence(self, path: Path) -> list[object]:
        value: list[object] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            inner = (*path, len(value))
            self.document.lines[inner] = _line(event)
            value.append(self._node(event, inner))
        return value


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _scalar(event: yaml.ScalarEvent) -> object:
    text = str(event.value)
    if not event.implicit[0]:  # quoted or a block: always text
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text

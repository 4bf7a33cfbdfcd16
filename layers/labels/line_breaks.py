"""Break lines of Chinese and English, wrapped or balanced."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_CLOSING = r"[\s\u3001\u3002\u300b\uff01\uff09\uff0c\uff1a\uff1b\uff1f]*"
_PIECES = re.compile(rf"[^\s\u2e80-\uffff]+{_CLOSING}|[\u2e80-\uffff]{_CLOSING}|\s+")
"""Where a line may be broken: between words, and between characters, but not before their punctuation."""
_ENDS_OPEN = re.compile(r"[（《〈“‘「『【(\[¥$#±×–-]\s*$")
_BEGINS_SHUT = re.compile(r"^[”’」』】〉)\]…—·%℃°]")
_ENDS_IN_NUMBER = re.compile(r"[0-9⁰¹²³⁴⁵⁶⁷⁸⁹][亿万千百]?\s*$")
_IDEOGRAPH = re.compile(r"^[\u4e00-\u9fff]")
_UNIT = re.compile(r"^(?:[kcm]?m[²³]?(?:/[sh])?|[mk]?s|h|ha|d|%|million|billion|MW|GWh)\b")
_SENTENCE_PART = re.compile(r"[，。；：、！？,;:.!?—]\s*$")
_WORD_THAT_LEADS_ON = re.compile(r"(?:^|\s)(?:the|a|an|of|to|in|at|by|and|or|with|from|for|is|are)\s*$", re.I)
PART_BONUS, LEAD_PENALTY = 0.8, 1.06
"""A break after a part of the sentence may leave lines less equal; one after an article is avoided."""


def wrapped(words: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Wrap words into lines of a width; long words within."""
    lines = [""]
    for piece in _PIECES.findall(words):
        if lines[-1] and measure((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        rest = piece if lines[-1] else piece.lstrip()
        while measure(rest.rstrip()) > width and len(rest) > 1:
            fits = next(n for n in range(len(rest) - 1, 0, -1) if n == 1 or measure(rest[:n]) <= width)
            lines[-1:] = [lines[-1] + rest[:fits], ""]
            rest = rest[fits:]
        lines[-1] += rest
    return [line.rstrip() for line in lines]


def balanced(words: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Split words into one line or two of about equal width.

    Wrapped where two are too few. Numbers stay with their units, punctuation with its word; a break after a
    part of the sentence is preferred.
    """
    words = words.strip()
    if measure(words) <= width:
        return [words]
    parts = _joined(_PIECES.findall(words))
    best: tuple[float, list[str]] | None = None
    for k in range(1, len(parts)):
        lines = ["".join(parts[:k]).strip(), "".join(parts[k:]).strip()]
        widest = max(map(measure, lines))
        if widest <= width:
            cost = widest * _share(lines[0])
            best = min(best or (cost, lines), (cost, lines))
    return best[1] if best else wrapped(words, width, measure)


def _share(line: str) -> float:
    """What a break after a line costs, as a factor."""
    if _SENTENCE_PART.search(line):
        return PART_BONUS
    return LEAD_PENALTY if _WORD_THAT_LEADS_ON.search(line) else 1.0


def _joined(pieces: Sequence[str]) -> list[str]:
    """Join pieces that no break may part."""
    found: list[str] = []
    for piece in pieces:
        before = found[-1] if found else ""
        number = bool(_ENDS_IN_NUMBER.search(before))
        if before and (
            _ENDS_OPEN.search(before)
            or _BEGINS_SHUT.search(piece)
            or (number and (_IDEOGRAPH.search(piece) or _UNIT.search(piece)))
        ):
            found[-1] += piece
        else:
            found.append(piece)
    return found

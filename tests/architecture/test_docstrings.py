"""First lines of docstrings: short, verb first, in words that one types into a search box.

A module, a class and a property may begin with a noun (``Status of each station``), since they are things; a
function begins with its verb, as an order (``Return``) or in the third person (``Returns``).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("apps", "layers", "meshes", "twin")
MOST_WORDS = 12
VERBS = frozenset(Path(__file__).with_name("verbs.txt").read_text("utf-8").split())
"""What functions do. A verb that is missing is added; one beside another of the same meaning is not."""

NOT_FIRST = frozenset(Path(__file__).with_name("not_first.txt").read_text("utf-8").split())
"""Articles, pronouns, prepositions, counts."""

PERSON = re.compile(
    r"\b(tells?|told|hears?|heard|says?|said|stands?|stood|looks?|looked|knows?|wants?|asks?|asked|speaks?|"
    r"thinks?|remembers?|hands?|sees|tidy)\b",
    re.IGNORECASE,
)


def documented(package: str) -> Iterator[tuple[str, str, str]]:
    """(place, kind, first line) of all that is public and documented."""
    for path in sorted((ROOT / package).rglob("*.py")):
        yield from _inside(ast.parse(path.read_text("utf-8")), path.relative_to(ROOT).as_posix())


def _inside(node: ast.Module | ast.ClassDef | ast.FunctionDef, place: str) -> Iterator[tuple[str, str, str]]:
    text = ast.get_docstring(node)
    if text is not None:
        yield place, _kind(node), text.splitlines()[0]
    if isinstance(node, ast.Module | ast.ClassDef):
        for child in node.body:
            named = isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            if named and not child.name.startswith("_"):
                yield from _inside(child, f"{place}:{child.name}")


def _kind(node: ast.AST) -> str:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return "thing"
    decorators = {ast.unparse(one).rpartition(".")[2] for one in node.decorator_list}
    return "thing" if decorators & {"property", "cached_property"} else "function"


def stems(word: str) -> set[str]:
    """What a verb may be that is written as an order or in the third person."""
    return {word, word.removesuffix("s"), word.removesuffix("es"), re.sub("ies$", "y", word)}


def is_verb(word: str) -> bool:
    return bool(stems(word) & VERBS)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_first_line_is_short_and_begins_with_what_is_done(package: str) -> None:
    wrong = []
    for place, kind, line in documented(package):
        first = line.split()[0].lower().strip(":,.;")
        if len(line.split()) > MOST_WORDS:
            wrong.append(f"{place}: more than {MOST_WORDS} words: {line}")
        elif first in NOT_FIRST or (kind == "function" and not is_verb(first)):
            wrong.append(f"{place}: begins with {first!r}: {line}")
        elif not line.endswith("."):
            wrong.append(f"{place}: no sentence: {line}")
    assert wrong == []


@pytest.mark.parametrize("package", PACKAGES)
def test_code_is_no_person(package: str) -> None:
    assert [(place, line) for place, _, line in documented(package) if PERSON.search(line)] == []


def test_the_verbs_are_sorted_and_none_is_a_persons() -> None:
    listed = Path(__file__).with_name("verbs.txt").read_text("utf-8").split()
    assert listed == sorted(set(listed))
    assert [verb for verb in listed if PERSON.search(verb)] == []

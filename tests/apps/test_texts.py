"""Both languages are complete."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

from apps.texts import texts
from tests.apps.templates import scripts, template_texts


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert texts("zh").keys() == texts("en").keys()


def test_a_text_has_the_same_blanks_in_both_languages() -> None:
    assert {k: _blanks(v) for k, v in texts("zh").items()} == {k: _blanks(v) for k, v in texts("en").items()}


def test_no_text_is_empty_and_chinese_is_chinese() -> None:
    same = {k for k, v in texts("zh").items() if v == texts("en")[k]}
    assert all(text.strip() for language in ("zh", "en") for text in texts(language).values())
    assert same <= {"none", "unit_level", "unit_area", "unit_flow", "key_language"}


def test_the_page_asks_only_for_texts_that_exist(project: Path) -> None:
    asked = set()
    for text in template_texts(project):
        asked |= set(re.findall(r"\bt\.([a-z_]*[a-z])\b(?!_?{)", text))
    for text in scripts(project):
        asked |= set(re.findall(r"\bt\.([a-z]+_[a-z_]+)\b", text))
    assert len(asked) > 30
    assert asked <= texts("zh").keys()

"""Switch the page between Chinese and English."""

from __future__ import annotations

from trame.widgets import html

from apps.parts.part import Part
from apps.texts import texts
from twin.bilingual import Language

FIRST: Language = "zh"


def _button() -> None:
    html.Button(
        "{{ t.language_other }}",
        type="button",
        classes="tool tool-language",
        title=("t.language_hint",),
        click="language = language === 'zh' ? 'en' : 'zh'",
    )


PART = Part(
    id="language",
    state={"t": texts(FIRST), "language": FIRST},
    writable={"language": Language},
    button=_button,
    tools="head",
    keys={"e": ("turn", "language", ["zh", "en"])},
    help=(("E", "key_language"),),
)

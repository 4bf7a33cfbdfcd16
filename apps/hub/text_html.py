"""Write the text page's HTML: plain elements, every word escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from apps.parts.text_view import TextPage, TextSection, TextTable
    from twin.bilingual import Language


def document(page: TextPage, t: Mapping[str, str], language: Language, *, query: str, full: str) -> str:
    """Return the whole document.

    ``query`` is what the page asks its fragments with, ``full`` the address of the desk.
    """
    lang, other = ("zh-CN", "en") if language == "zh" else ("en", "zh")
    asked = f"{query}&amp;" if query else ""
    return f"""<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(page.name)} · {escape(t["text_page"])}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="text.css">
<noscript><meta http-equiv="refresh" content="30"></noscript>
<script defer src="text.js"></script>
</head>
<body data-query="{escape(query)}" data-cut="{escape(t["text_cut"])}">
<header>
<h1>{escape(page.name)}</h1>
<nav aria-label="{escape(t["text_more_views"])}">
<a href="{escape(full)}">{escape(t["text_full"])}</a>
<a href="text?{asked}lang={other}" lang="{"zh-CN" if other == "zh" else "en"}">{escape(t["text_other"])}</a>
</nav>
</header>
<p id="cut" role="status"></p>
<p id="said" class="unseen" aria-live="polite"></p>
{main(page, t, query=query)}
</body>
</html>
"""


def main(page: TextPage, t: Mapping[str, str], *, query: str) -> str:
    """Return what is renewed: mode, picture, sections."""
    tone = f' class="mode mode-{escape(page.tone)}"' if page.tone else ' class="mode"'
    address = f"text/picture?{escape(query)}{'&amp;' if query else ''}of={escape(page.picture)}"
    words = t["text_picture"].format(said=page.said)
    parts = [
        f'<main data-said="{escape(page.said)}">',
        f"<p{tone}><strong>{escape(page.mode)}</strong> <span>{escape(page.note)}</span></p>",
        f'<p class="synthetic">{escape(page.synthetic)}</p>' if page.synthetic else "",
        f'<img src="{address}" width="780" height="440" alt="{escape(words)}">',
        *(line for section in page.sections for line in _section(section)),
        "</main>",
    ]
    return "\n".join(part for part in parts if part)


def _section(section: TextSection) -> Iterator[str]:
    yield f'<section aria-labelledby="{section.id}">'
    yield f'<h2 id="{section.id}">{escape(section.title)}</h2>'
    if section.rows:
        yield "<dl>"
        for row in section.rows:
            note = f"<small>{escape(row.note)}</small>" if row.note else ""
            yield f"<div><dt>{escape(row.label)}</dt><dd><b>{escape(row.value)}</b>{note}</dd></div>"
        yield "</dl>"
    for line in section.lines:
        yield f"<p>{escape(line)}</p>"
    if section.table is not None:
        yield from _table(section.table)
    yield "</section>"


def _table(table: TextTable) -> Iterator[str]:
    """A table whose cells carry their column's head, for screens too narrow for columns."""
    yield "<table><thead><tr>"
    yield "".join(f'<th scope="col">{escape(head)}</th>' for head in table.heads)
    yield "</tr></thead><tbody>"
    for number, row in enumerate(table.rows):
        tone = table.tones[number] if number < len(table.tones) else ""
        cells = "".join(
            f'<td data-head="{escape(head)}">{escape(cell)}</td>'
            for head, cell in zip(table.heads, row, strict=True)
        )
        yield f'<tr class="tone-{escape(tone)}">{cells}</tr>' if tone else f"<tr>{cells}</tr>"
    yield "</tbody></table>"
    if table.more:
        yield f"<p>{escape(table.more)}</p>"

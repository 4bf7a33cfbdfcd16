"""Make the sign-in page: plain HTML, without scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web

from apps.rooms.page import ICON
from apps.texts import texts
from twin.bilingual import Language

if TYPE_CHECKING:
    from twin.catalog.head import CatalogHead

_TEMPLATE = Template(Path(__file__).with_name("sign_in.html").read_text("utf-8"))
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    # With no-referrer, as all other pages have it, a browser sends its own forms with "Origin: null".
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, kw_only=True)
class SignInField:
    """Input of a form; ``label`` is a text key."""

    name: str
    label: str
    kind: str = "password"
    complete: str = "current-password"


USER = SignInField(name="user", label="sign_in_user", kind="text", complete="username")
SIGN_IN = (USER, SignInField(name="password", label="sign_in_password"))
FIRST = (
    USER,
    SignInField(name="password", label="sign_in_new_password", complete="new-password"),
    SignInField(name="again", label="sign_in_again", complete="new-password"),
)


def respond(
    head: CatalogHead,
    *,
    language: Language,
    fields: Sequence[SignInField] = SIGN_IN,
    action: str = "sign-in",
    button: str = "sign_in",
    lead: str = "sign_in_lead",
    wrong: str = "",
    kept: Mapping[str, str] | None = None,
    typed: str = "",
    office: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Return the page of a form.

    ``lead`` and ``button`` are text keys, ``wrong`` a sentence; ``kept`` is sent with the form, and what the
    other language's page is asked for with; ``typed`` stands in the first input. ``office`` labels the link
    to the office's own service, '' for the usual words, None for no link.
    """
    t = texts(language)
    other: Language = "en" if language == "zh" else "zh"
    kept = {key: value for key, value in (kept or {}).items() if value}
    text = _TEMPLATE.substitute(
        lang="en" if language == "en" else "zh-CN",
        title=escape(t["title"].format(name=head.name[language])),
        heading=t["sign_in"],
        icon=ICON,
        other_language=escape("?" + urlencode({**kept, "language": other})),
        other_lang="en" if other == "en" else "zh-CN",
        other_name=texts(language)["language_other"],
        synthetic=f'<span class="synthetic">{t["synthetic"]}</span>' if head.synthetic else "",
        lead=t[lead],
        wrong=f'<p class="wrong" role="alert">{escape(wrong[0].upper() + wrong[1:])}</p>' if wrong else "",
        form=_form(
            fields, action=action, button=t[button], kept={**kept, "language": language}, typed=typed, t=t
        ),
        office="" if office is None else _office(office or t["sign_in_office"], kept),
        foot=t["sign_in_foot"] if tuple(fields) == SIGN_IN else "",
    )
    return web.Response(
        text=text, content_type="text/html", status=status, headers={**HEADERS, **(headers or {})}
    )


def _office(label: str, kept: Mapping[str, str]) -> str:
    address = "oidc?" + urlencode(kept) if kept else "oidc"
    return f'<a class="other" href="{escape(address)}">{escape(label)}</a>'


def _form(
    fields: Sequence[SignInField],
    *,
    action: str,
    button: str,
    kept: Mapping[str, str],
    typed: str,
    t: Mapping[str, str],
) -> str:
    if not fields:
        return ""
    hidden = [f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in kept.items()]
    shown = []
    for k, field in enumerate(fields):
        value = f' value="{escape(typed)}"' if k == 0 and typed else ""
        focus = " autofocus" if k == (1 if typed else 0) else ""
        plain = ' autocapitalize="none" spellcheck="false"' if field.kind == "text" else ""
        shown.append(
            f'<label>{t[field.label]}<input type="{field.kind}" name="{field.name}" required maxlength="256" '
            f'autocomplete="{field.complete}"{plain}{value}{focus}></label>'
        )
    inside = "".join((*hidden, *shown, f"<button>{button}</button>"))
    return f'<form method="post" action="{action}">{inside}</form>'

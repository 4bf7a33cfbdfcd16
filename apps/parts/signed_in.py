"""Show who has signed in, and sign out."""

from __future__ import annotations

from trame.widgets import html

from apps.browser.module import Icon
from apps.parts.part import Part


def _button() -> None:
    with html.Button(
        type="button",
        v_if=("signed_in",),
        classes="tool tool-sign-out",
        title=("t.sign_out_hint.replace('{name}', signed_in)",),
        click="window.twinDesk.signOut()",
    ):
        Icon("logout")
        html.Span("{{ t.sign_out_hint.replace('{name}', signed_in) }}")


PART = Part(id="signed_in", state={"signed_in": ""}, button=_button, tools="page")
"""``signed_in`` is the visitor's name, '' on a server without sign-in."""

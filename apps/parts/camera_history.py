"""Go back to the views that were flown from, and forth again.

The browser keeps them (``www/camera_history.js``): they end with the page.
"""

from __future__ import annotations

from trame.widgets import html

from apps.browser.module import Icon
from apps.parts.part import Part
from apps.parts.widgets import shortcut

BACK = "M20,11V13H8L13.5,18.5L12.08,19.92L4.16,12L12.08,4.08L13.5,5.5L8,11H20Z"
FORWARD = "M4,11V13H16L10.5,18.5L11.92,19.92L19.84,12L11.92,4.08L10.5,5.5L16,11H4Z"


def _button() -> None:
    for path, call, can, text, key in (
        (BACK, "goBack", "can_go_back", "back", "B"),
        (FORWARD, "goForward", "can_go_forward", "forward", "N"),
    ):
        with html.Button(
            type="button",
            classes="tool",
            title=(f"t.{text}_hint",),
            click=f"window.twinDesk.{call}()",
            raw_attrs=[f':disabled="!{can}"', *shortcut(key)],
        ):
            Icon(path)
            html.Span(f"{{{{ t.{text} }}}}")


PART = Part(
    id="camera_history",
    state={"can_go_back": False, "can_go_forward": False},
    client_only=("can_go_back", "can_go_forward"),
    button=_button,
    tools="view",
    keys={
        "b": ("page", "goBack"),
        "Alt+ArrowLeft": ("page", "goBack"),
        "n": ("page", "goForward"),
        "Alt+ArrowRight": ("page", "goForward"),
    },
    help=(("B", "key_back"), ("Alt+←", "key_back"), ("N", "key_forward"), ("Alt+→", "key_forward")),
)

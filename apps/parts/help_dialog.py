"""Help dialog: what mouse and keys do."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Sequence

from trame.widgets import html

from apps.browser.module import Dialog
from apps.parts.part import Part, help_lines
from apps.parts.widgets import icon_button, tool_button


def build(parts: Sequence[Part]) -> None:
    """Add the dialog.

    What the mouse does, and every shortcut of the room's parts.
    """
    with Dialog(v_model=("help_open",)):
        with html.Section(classes="help", raw_attrs=[':aria-label="t.help"']):
            with html.Header(classes="card-head"):
                html.H2("{{ t.help }}")
                icon_button("close", "help_open = false", "close")
            html.H3("{{ t.key_scene }}")
            with html.Dl(classes="shortcuts"):
                for gesture, meaning in (line for part in parts for line in part.mouse):
                    with html.Div():
                        html.Dt(f"{{{{ t.{gesture} }}}}")
                        html.Dd(f"{{{{ t.{meaning} }}}}")
            html.H3("{{ t.key_keys }}")
            with html.Dl(classes="shortcuts"):
                for keys, meaning in help_lines(parts):
                    with html.Div():
                        with html.Dt():
                            html.Kbd(keys)
                        html.Dd(f"{{{{ t.{meaning} }}}}")


def _button() -> None:
    tool_button("help-circle-outline", "help", "help_open = true", key="?")


PART = Part(
    id="help",
    state={"help_open": False},
    writable={"help_open": bool},
    build_of=build,
    button=_button,
    tools="page",
    keys={"?": ("set", "help_open", True)},
    help=(("Esc", "key_escape"),),
)

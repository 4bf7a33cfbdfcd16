"""The help dialog: what mouse and keys do."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from trame.widgets import html
from trame.widgets import vuetify3 as v3

MOUSE = (
    ("mouse_left", "key_drag"),
    ("mouse_right", "key_pan"),
    ("mouse_wheel", "key_zoom"),
    ("mouse_double", "key_double"),
    ("mouse_click", "key_click"),
)
KEYS = (
    ("S · W · T", "key_focus"),
    ("← → ↑ ↓", "key_orbit"),
    ("↑ ↓ · PgUp PgDn", "key_gauge"),
    ("Space", "key_play"),
    ("H", "key_home"),
    ("1 – 9", "key_places"),
    ("L · V · K", "key_panels"),
    ("U", "key_unit"),
    ("C", "key_chart"),
    ("E", "key_language"),
    ("Esc", "key_escape"),
)


def build() -> None:
    with v3.VDialog(v_model=("help_open",), max_width="46rem"):
        with html.Section(classes="help", raw_attrs=['role="dialog"', ':aria-label="t.help"']):
            with html.Header(classes="card-head"):
                html.H2("{{ t.help }}")
                with html.Button(
                    type="button",
                    classes="tool tool-icon",
                    title=("t.close",),
                    click="help_open = false",
                    raw_attrs=[':aria-label="t.close"'],
                ):
                    v3.VIcon("mdi-close")
            with html.Div(classes="help-columns"):
                with html.Div():
                    html.H3("{{ t.key_scene }}")
                    with html.Dl(classes="shortcuts"):
                        for gesture, meaning in MOUSE:
                            html.Dt(f"{{{{ t.{gesture} }}}}")
                            html.Dd(f"{{{{ t.{meaning} }}}}")
                with html.Div():
                    html.H3("{{ t.key_keys }}")
                    with html.Dl(classes="shortcuts"):
                        for keys, meaning in KEYS:
                            with html.Dt():
                                html.Kbd(keys)
                            html.Dd(f"{{{{ t.{meaning} }}}}")

"""The upper edge: the basin's name, what kind of moment is shown, and the tools."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from trame.widgets import html
from trame.widgets import vuetify3 as v3

from apps.browser.module import Live


def build() -> None:
    """Add the title, the mode's frame with its tab, and the row of tools."""
    with html.Header(classes="head"):
        with html.Div(classes="brand"):
            html.H1("{{ head.title }}")
            html.Span(
                "{{ t.synthetic }}",
                v_if=("head.synthetic",),
                classes="chip chip-synthetic",
                title=("t.synthetic_long",),
            )
        Live(v_if=("head.live",), head=("head",), t=("t",))
        with html.Button(
            v_if=("head.can_follow",),
            type="button",
            classes="tool tool-live",
            title=("t.live_follow_hint",),
            click="trigger('follow_live')",
        ):
            html.I(classes="live-dot")
            html.Span("{{ t.live_follow }}")
        html.Span("{{ behind }}", v_if=("behind",), classes="chip chip-behind", raw_attrs=['role="status"'])
        with html.Div(
            v_if=("head.visitors > 1",),
            classes="chip chip-shared",
            title=("t.shared.replace('{n}', head.visitors)",),
        ):
            v3.VIcon("mdi-account-multiple-outline")
            html.Span("{{ head.visitors }}")
        with html.Nav(classes="tools"):
            with html.Button(
                v_if=("stations.available",),
                type="button",
                classes=(
                    "'tool tool-alarms warn-' + (alarms.open ? alarms.tone : '')"
                    " + (panel === 'alarms' ? ' tool-on' : '')",
                ),
                title=(
                    "!alarms.count ? t.alarms_hint : [t.alarms_count.replace('{n}', alarms.count),"
                    " t.alarms_open.replace('{n}', alarms.open), alarms.worst].join(' · ')",
                ),
                click="panel = panel === 'alarms' ? '' : 'alarms'",
                raw_attrs=[":aria-expanded=\"panel === 'alarms'\""],
            ):
                v3.VIcon("mdi-bell-outline")
                html.Span("{{ t.alarms }}")
                html.B(
                    "{{ alarms.count || '' }}{{ alarms.known ? '' : '?' }}",
                    v_if=("alarms.count || !alarms.known",),
                )
                html.Em("{{ t.alarms_open_brief.replace('{n}', alarms.open) }}", v_if=("alarms.open",))
            _panel_button("stations", "mdi-access-point", shown="stations.available")
            _panel_button("layers", "mdi-layers-outline")
            _panel_button("views", "mdi-camera-outline")
            _panel_button("link", "mdi-link-variant")
            _button("mdi-home-outline", "trigger('home')", "home")
            _button("mdi-help-circle-outline", "help_open = true", "help")
            html.Button(
                "{{ t.language_other }}",
                type="button",
                classes="tool tool-language",
                title=("t.language_hint",),
                click="language = language === 'zh' ? 'en' : 'zh'",
            )


def frame() -> None:
    """The coloured frame round everything that is not live."""
    with html.Div(v_if=("head.tone",), classes=("'frame frame-' + head.tone",), raw_attrs=['role="status"']):
        with html.Div(classes="frame-tab"):
            html.B("{{ head.mode }}")
            html.Span("{{ head.note }}", v_if=("head.note",))


def _panel_button(panel: str, icon: str, *, shown: str = "true") -> None:
    with html.Button(
        v_if=(shown,),
        type="button",
        classes=(f"'tool' + (panel === '{panel}' ? ' tool-on' : '')",),
        title=(f"t.{panel}_hint",),
        click=f"panel = panel === '{panel}' ? '' : '{panel}'",
        raw_attrs=[f":aria-expanded=\"panel === '{panel}'\""],
    ):
        v3.VIcon(icon)
        html.Span(f"{{{{ t.{panel} }}}}")


def _button(icon: str, click: str, name: str) -> None:
    with html.Button(
        type="button",
        classes="tool tool-icon",
        title=(f"t.{name}_hint",),
        click=click,
        raw_attrs=[f':aria-label="t.{name}_hint"'],
    ):
        v3.VIcon(icon)

"""The stations panel: filters, the list of those that pass, and how the feeds are doing."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from trame.widgets import html
from trame.widgets import vuetify3 as v3

from apps.browser.module import Sign


def build() -> None:
    with html.Section(
        v_if=("panel === 'stations'",),
        classes="panel panel-wide glass",
        raw_attrs=[':aria-label="t.stations"'],
    ):
        with html.Header(classes="panel-head"):
            html.H2("{{ t.stations }}")
            html.Span("{{ t.stations_found.replace('{n}', stations.total) }}", classes="chip")
        with html.P(v_if=("stations.away",), classes="layer-reason"):
            v3.VIcon("mdi-alert-outline")
            html.Span("{{ stations.away }}")
        html.P("{{ stations.of_when }}", v_if=("stations.of_when",), classes="note of-when")
        with html.Label(v_if=("stations.beside_live",), classes="check"):
            html.Input(
                type="checkbox",
                change="trigger('show_live_values', [$event.target.checked])",
                raw_attrs=[':checked="stations.live_values"'],
            )
            html.Span("{{ t.live_values }}")
        _chips("stations.kinds", "toggle_kind", "station_kinds")
        _chips("stations.states", "toggle_state", "station_states")
        with html.Div(classes="narrow"):
            html.Input(
                type="search",
                classes="field",
                input="trigger('find_station', [$event.target.value])",
                raw_attrs=[
                    'maxlength="200"',
                    ':value="stations.text"',
                    ':placeholder="t.station_find"',
                    ':aria-label="t.station_find"',
                ],
            )
            _select("township")
            _select("watershed")
        _list()
        html.P(
            "{{ t.stations_more.replace('{n}', stations.total - stations.rows.length) }}",
            v_if=("stations.total > stations.rows.length",),
            classes="note",
        )
        html.P("{{ stations.left_out }}", v_if=("stations.left_out",), classes="note")
        _feeds()


def _chips(items: str, action: str, label: str) -> None:
    with html.Div(classes="choices", raw_attrs=['role="group"', f':aria-label="t.{label}"']):
        with html.Button(
            v_for=(f"item in {items}",),
            key=("item.id",),
            type="button",
            classes=("'pick' + (item.on ? ' pick-on' : '')",),
            click=f"trigger('{action}', [item.id])",
            raw_attrs=[':aria-pressed="item.on"'],
        ):
            Sign(kind=("item.id",))
            html.Span("{{ item.name }}")
            html.B("{{ item.count }}")


def _select(name: str) -> None:
    with html.Select(
        v_if=(f"stations.{name}s.length > 1",),
        classes="choice",
        change=f"trigger('choose_{name}', [$event.target.value])",
        raw_attrs=[f':value="stations.{name}"', f':aria-label="t.station_{name}"'],
    ):
        html.Option(f"{{{{ t.all_{name}s }}}}", value="")
        html.Option("{{ name }}", v_for=(f"name in stations.{name}s",), key=("name",), value=("name",))


def _list() -> None:
    with html.Ul(classes="stations"):
        with html.Li(v_for=("row in stations.rows",), key=("row.id",)):
            with html.Button(
                type="button",
                classes=(
                    "'station' + (row.old ? ' station-old' : '') + (row.tone ? ' warn-' + row.tone : '')",
                ),
                click="trigger('open_station', [row.id, true])",
            ):
                Sign(kind=("row.kind",))
                html.Span("{{ row.name }}", classes="station-name")
                html.Span("{{ row.value }}", classes="station-value")
                html.Span("{{ row.age }}", classes="station-age")


def _feeds() -> None:
    with html.Section(classes="feeds", raw_attrs=[':aria-label="t.feeds"']):
        html.H3("{{ t.feeds }}")
        html.P("{{ t.not_known }}", v_if=("!stations.feeds.length",), classes="note")
        with html.Ul():
            with html.Li(
                v_for=("feed in stations.feeds",), key=("feed.id",), classes=("'feed feed-' + feed.tone",)
            ):
                html.I(classes="feed-dot")
                html.Span("{{ feed.name }}", classes="feed-name")
                html.B("{{ feed.state }}")
                html.Span("{{ feed.detail }}", classes="feed-detail")
                html.Span(
                    "{{ line }}",
                    v_for=("line in feed.refusals",),
                    key=("line",),
                    classes="feed-refusal",
                )

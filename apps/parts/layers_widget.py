"""The layers panel: visibility, opacity, legend; a broken layer is grey and says why."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from trame.widgets import html
from trame.widgets import vuetify3 as v3


def build() -> None:
    with html.Section(
        v_if=("panel === 'layers'",), classes="panel glass", raw_attrs=[':aria-label="t.layers"']
    ):
        html.H2("{{ t.layers }}")
        with html.Div(classes="density"):
            html.Span("{{ t.density }}", raw_attrs=['id="density"'])
            with html.Div(classes="switch", raw_attrs=['role="radiogroup"', 'aria-labelledby="density"']):
                for density in ("few", "normal", "all"):
                    html.Button(
                        f"{{{{ t.density_{density} }}}}",
                        type="button",
                        classes=(f"'switch-part' + (views.density === '{density}' ? ' switch-on' : '')",),
                        click=f"trigger('show_density', ['{density}'])",
                        raw_attrs=['role="radio"', f":aria-checked=\"views.density === '{density}'\""],
                    )
        with html.Ul(classes="layers"):
            with html.Li(
                v_for=("layer in layers",),
                key=("layer.id",),
                classes=("'layer' + (layer.broken ? ' layer-broken' : '')",),
                raw_attrs=[':data-layer="layer.id"'],
            ):
                with html.Div(classes="layer-head"):
                    html.Button(
                        type="button",
                        classes=("'toggle' + (layer.visible ? ' toggle-on' : '')",),
                        click="trigger('show_layer', [layer.id, !layer.visible])",
                        raw_attrs=[
                            'role="switch"',
                            ':aria-checked="layer.visible"',
                            ":aria-label=\"t.layer_show.replace('{name}', layer.name)\"",
                            ':disabled="layer.broken"',
                        ],
                    )
                    html.Span("{{ layer.name }}", classes="layer-name")
                    html.Span("{{ layer.opacity }}%", v_if=("layer.visible",), classes="layer-percent")
                html.P("{{ layer.gauge }}", v_if=("layer.visible && layer.gauge",), classes="layer-gauge")
                with html.P(v_if=("layer.reason",), classes="layer-reason"):
                    v3.VIcon("mdi-alert-outline")
                    html.Span("{{ layer.reason }}")
                with html.P(v_for=("note in layer.notes",), key=("note",), classes="layer-note"):
                    v3.VIcon("mdi-information-outline")
                    html.Span("{{ note }}")
                html.Input(
                    v_if=("layer.visible",),
                    type="range",
                    classes="range",
                    input="trigger('layer_opacity', [layer.id, Number($event.target.value)])",
                    raw_attrs=[
                        'min="0"',
                        'max="100"',
                        'step="5"',
                        ':value="layer.opacity"',
                        ":style=\"{ '--part': layer.opacity + '%' }\"",
                        ":aria-label=\"t.layer_opacity.replace('{name}', layer.name)\"",
                    ],
                )
                with html.Ul(v_if=("layer.visible && layer.legend.length",), classes="legend"):
                    with html.Li(v_for=("entry in layer.legend",), key=("entry.text",)):
                        html.I(
                            classes=("'swatch swatch-' + entry.shape",),
                            style=("{ '--colour': entry.colour }",),
                        )
                        html.Span("{{ entry.text }}")

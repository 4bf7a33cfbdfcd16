"""The headline figures; each is a button that opens its provenance."""

from __future__ import annotations

from trame.widgets import html


def build() -> None:
    with html.Section(v_if=("readout.figures.length",), classes="readout glass"):
        with html.Button(
            v_for=("figure in readout.figures",),
            key=("figure.id",),
            type="button",
            classes=("'figure figure-' + figure.size + (figure.tone ? ' tone-' + figure.tone : '')",),
            click="trigger('explain', [figure.id])",
            title=("t.provenance",),
            raw_attrs=[':data-figure="figure.id"'],
        ):
            html.Span("{{ figure.label }}", classes="figure-label")
            html.Em("{{ figure.mark }}", v_if=("figure.mark",), classes=("'mark mark-' + figure.mark_tone",))
            with html.Span(classes="figure-number"):
                html.B("{{ figure.value }}")
                html.I("{{ figure.unit }}")
            with html.Span(v_if=("figure.id === 'storage'",), classes="fill"):
                with html.Span(classes="fill-bar"):
                    html.Span(classes="fill-part", style=("{ width: Math.min(100, readout.fill) + '%' }",))
                html.Span("{{ readout.fill_text }}", classes="fill-text")
        html.P("{{ remark }}", v_for=("remark in readout.remarks",), key=("remark",), classes="remark")

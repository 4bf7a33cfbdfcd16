"""Panel for pictures (PNG) and A3 pages (PDF) of the view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trame.widgets import html

from apps.browser.module import Icon
from apps.papers.sheet import Kind
from apps.parts.part import Part
from apps.parts.triggers import trigger
from apps.parts.widgets import panel, panel_button, switch
from apps.session.controller import Controller

Wanted = Literal["screen", "1920x1080", "3840x2160"]
SIZES: tuple[Wanted, ...] = ("screen", "1920x1080", "3840x2160")


@dataclass(frozen=True, kw_only=True)
class PapersView:
    """State of the page that is made.

    ``share`` of it is done, in percent; ``href`` is where the finished one is fetched, under ``name``, and
    ``error`` why there is none. One that is not ``complete`` lacks tiles.
    """

    busy: Literal["", "png", "pdf"] = ""
    share: int = 0
    href: str = ""
    name: str = ""
    id: str = ""
    complete: bool = True
    error: str = ""


def build() -> None:
    with panel("papers"):
        html.H2("{{ t.papers }}")
        html.P("{{ t.papers_note }}", classes="note")
        html.P("{{ t.papers_size }}", classes="papers-label", raw_attrs=['id="papers-size"'])
        with html.Div(classes="papers-row"):
            switch(
                SIZES,
                chosen="papers_size",
                click="papers_size = '{choice}'",
                text="papers_size",
                label="papers-size",
            )
        with html.Div(classes="papers-row"):
            for kind, icon in (("png", "camera-outline"), ("pdf", "printer-outline")):
                with html.Button(
                    type="button",
                    classes=f"tool papers-{kind}",
                    click=f"trigger('make_page', ['{kind}', papers_size])",
                    raw_attrs=[':disabled="!!papers.busy"'],
                ):
                    Icon(icon)
                    html.Span(f"{{{{ t.papers_{kind} }}}}")
        with html.Div(raw_attrs=['role="status"'], classes="papers-state"):
            with html.P(v_if=("papers.busy",)):
                html.Span("{{ t.papers_busy }}")
                html.Progress(
                    raw_attrs=['max="100"', ':value="papers.share"', ':aria-label="t.papers_busy"'],
                )
            html.P("{{ papers.error }}", v_if=("papers.error",), classes="papers-error")
            with html.P(v_if=("papers.href",)):
                html.A(
                    "{{ papers.name }}",
                    classes="papers-file",
                    raw_attrs=[':href="papers.href"', ':download="papers.name"'],
                )
            html.P(
                "{{ t.papers_lacking }}", v_if=("papers.href && !papers.complete",), classes="papers-error"
            )


class PaperActions:
    """Make a page of what the desk shows now."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    @trigger
    def make_page(self, kind: Kind, size: Wanted) -> None:
        """Draw a picture of a size, or an A3 page."""
        self._controller.make_page(kind, size)


def _button() -> None:
    panel_button("papers", "printer-outline", key="P")


PART = Part(
    id="papers",
    state={"papers": PapersView(), "papers_size": "1920x1080"},
    client_only=("papers_size",),
    build=build,
    panel="papers",
    actions=(PaperActions,),
    button=_button,
    tools="share",
    keys={"p": ("panel", "papers")},
    help=(("P", "papers"),),
)

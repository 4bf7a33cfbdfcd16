"""Loading screen: progress of opening or building, or the failure."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from dataclasses import dataclass

from trame.widgets import html

from apps.browser.module import Icon
from apps.parts.part import Part


@dataclass(frozen=True, kw_only=True)
class LoadingView:
    """State of the loading screen.

    ``percent`` is None where nobody knows. ``failed`` turns it into the panel that says, in words, what went
    wrong; ``again`` that it can be tried again from the page.
    """

    active: bool = True
    failed: bool = False
    again: bool = False
    title: str = ""
    detail: str = ""
    percent: int | None = None
    left: str = ""


def build() -> None:
    with html.Div(
        v_if=("loading.active",), classes="cover", raw_attrs=['role="status"', 'aria-live="polite"']
    ):
        with html.Div(classes=("'cover-box' + (loading.failed ? ' cover-failed' : '')",)):
            html.H1("{{ head.title }}", v_if=("head.title",))
            Icon("alert-circle-outline", v_if=("loading.failed",))
            html.P("{{ loading.title }}", classes="cover-title")
            html.P("{{ loading.detail }}", v_if=("loading.detail",), classes="cover-detail")
            html.Button(
                "{{ t.try_again }}",
                v_if=("loading.again",),
                type="button",
                classes="tool",
                click="trigger('open_again')",
            )
            html.Button(
                "{{ t.sign_out_hint.replace('{name}', signed_in) }}",
                v_if=("loading.failed && signed_in",),
                type="button",
                classes="tool",
                click="window.twinDesk.signOut()",
            )
            with html.Div(
                v_if=("!loading.failed",),
                classes=("'bar' + (loading.percent === null ? ' bar-unknown' : '')",),
                raw_attrs=['role="progressbar"', ':aria-valuenow="loading.percent"'],
            ):
                html.Div(classes="bar-part", style=("{ width: (loading.percent ?? 30) + '%' }",))
            with html.P(v_if=("!loading.failed && loading.percent !== null",), classes="cover-left"):
                html.Span("{{ loading.percent }}%")
                html.Span("{{ loading.left }}")
    html.Div("{{ toast }}", v_if=("toast",), classes="toast glass", raw_attrs=['role="alert"'])


PART = Part(id="loading", state={"loading": LoadingView(), "toast": ""}, build=build)

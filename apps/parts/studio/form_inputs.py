"""Add inputs of the studio's forms: texts, numbers, checks, choices."""

from __future__ import annotations

from trame.widgets import html

from apps.browser.module import Icon


def text_input(field: str, text: str, *, shown: str = "true") -> None:
    """Add a text of the shot.

    ``text`` names it in the page's texts.
    """
    with html.Label(v_if=(shown,), classes="form-field"):
        html.Span(f"{{{{ t.{text} }}}}")
        html.Input(
            type="text",
            change=f"trigger('set_shot', ['{field}', $event.target.value])",
            raw_attrs=[f':value="edit.{field}"', 'maxlength="500"', f'data-field="{field}"'],
        )


def number_input(
    field: str, text: str, *, least: object, most: object, step: str = "0.1", plain: str = ""
) -> None:
    """Add a number of the shot.

    ``plain`` is its name where the level stays.
    """
    with html.Label(classes="form-field"):
        html.Span(
            f"{{{{ edit.level_to === '' ? t.{plain} : t.{text} }}}}" if plain else f"{{{{ t.{text} }}}}"
        )
        html.Input(
            type="number",
            change=f"trigger('set_shot', ['{field}', Number($event.target.value)])",
            raw_attrs=[
                f':value="edit.{field}"',
                f':min="{least}"',
                f':max="{most}"',
                f'step="{step}"',
                f'data-field="{field}"',
            ],
        )


def check_input(field: str, value: str, text: str) -> None:
    """Add a check box of the shot; ``value`` is an expression."""
    with html.Label(classes="check"):
        html.Input(
            type="checkbox",
            change=f"trigger('set_shot', ['{field}', $event.target.checked])",
            raw_attrs=[f':checked="{value}"'],
        )
        html.Span(f"{{{{ t.{text} }}}}")


def select_input(field: str, value: str, choices: tuple[str, ...], text: str) -> None:
    """Add a choice of the shot; its words are texts ``text_choice``."""
    with html.Select(
        classes="choice",
        change=f"trigger('set_shot', ['{field}', $event.target.value])",
        raw_attrs=[f':value="{value}"', f'data-field="{field}"'],
    ):
        for choice in choices:
            html.Option(f"{{{{ t.{text}_{choice} }}}}", value=choice)


def form_tool(icon: str, text: str, click: str, *, disabled: str = "false") -> None:
    """Add a button that is an icon alone."""
    with html.Button(
        type="button",
        classes="tool tool-icon",
        title=(f"t.{text}",),
        click=click,
        raw_attrs=[f':aria-label="t.{text}"', f':disabled="{disabled}"'],
    ):
        Icon(icon)

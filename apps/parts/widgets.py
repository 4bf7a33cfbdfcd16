"""Add widgets that several parts of a page have: tools, panels, switches."""

from __future__ import annotations

from collections.abc import Sequence

from trame.widgets import html

from apps.browser.module import Icon


def panel(name: str, *, text: str = "", shown: str = "true", wide: bool = False) -> html.Section:
    """Add a panel, open while the page's ``panel`` is its name.

    ``text`` is the key of its title. It stays away unless the page's expression ``shown`` holds.
    """
    return html.Section(
        v_if=(f"panel === '{name}' && {shown}",),
        classes="panel panel-wide glass" if wide else "panel glass",
        raw_attrs=[f':aria-label="t.{text or name}"', 'tabindex="-1"'],  # it takes the focus when it opens
    )


def switch(choices: Sequence[str], *, chosen: str, click: str, text: str, label: str = "") -> None:
    """Add a row of buttons of which one is on.

    Where the page's expression ``chosen`` is its choice. ``click`` has the choice in ``{choice}``; ``text``
    begins the keys of their names, ``label`` is the id of the element that names the whole.
    """
    named = [f'aria-labelledby="{label}"'] if label else []
    with html.Div(classes="switch", raw_attrs=['role="radiogroup"', *named]):
        for choice in choices:
            html.Button(
                f"{{{{ t.{text}_{choice} }}}}",
                type="button",
                classes=(f"'switch-part' + ({chosen} === '{choice}' ? ' switch-on' : '')",),
                click=click.format(choice=choice),
                raw_attrs=['role="radio"', f":aria-checked=\"{chosen} === '{choice}'\""],
            )


def panel_button(panel: str, icon: str, *, key: str = "", shown: str = "true") -> None:
    """Add a tool that opens and closes a panel.

    ``key`` is its shortcut, '' for none; ``shown`` is an expression of the page.
    """
    with html.Button(
        v_if=(shown,),
        type="button",
        classes=(f"'tool' + (panel === '{panel}' ? ' tool-on' : '')",),
        title=(f"t.{panel}_hint",),
        click=f"panel = panel === '{panel}' ? '' : '{panel}'",
        raw_attrs=[f":aria-expanded=\"panel === '{panel}'\"", *shortcut(key)],
    ):
        Icon(icon)
        html.Span(f"{{{{ t.{panel} }}}}")


def tool_button(icon: str, text: str, click: str, *, key: str, hint: str = "") -> None:
    """Add a tool with its name that does one thing.

    ``text`` and ``hint`` are keys of texts; the hint is that of the text unless it is named.
    """
    with html.Button(
        type="button",
        classes="tool",
        title=(f"t.{hint or text + '_hint'}",),
        click=click,
        raw_attrs=shortcut(key),
    ):
        Icon(icon)
        html.Span(f"{{{{ t.{text} }}}}")


def shortcut(key: str) -> list[str]:
    """Return the attribute that names a tool's key; the menu shows it."""
    return [f'aria-keyshortcuts="{key}"'] if key else []


def icon_button(icon: str, click: str, text: str) -> None:
    """Add a button that is an icon alone.

    ``text`` is the key of what it does.
    """
    with html.Button(
        type="button",
        classes="tool tool-icon",
        title=(f"t.{text}",),
        click=click,
        raw_attrs=[f':aria-label="t.{text}"'],
    ):
        Icon(icon)

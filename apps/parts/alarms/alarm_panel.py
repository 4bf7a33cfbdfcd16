"""Alarms panel.

Groups by cause and place, whose single alarms are shown and changed one by one.
"""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from dataclasses import dataclass

from trame.widgets import html

from apps.browser.module import Icon
from apps.parts.alarms import replay_alarms
from apps.parts.alarms.alarm_actions import AlarmActions
from apps.parts.alarms.alarm_rows import AlarmsView
from apps.parts.part import Part
from apps.parts.widgets import panel, shortcut

FIRST_ROWS = 3
"""A folded group shows so many of its alarms; a fourth alone is not folded away."""


@dataclass(frozen=True, kw_only=True)
class DutyView:
    """Whether the visitor may operate, and in which name.

    The name is '' where nobody signs in: it is typed then.
    """

    may: bool = False
    name: str = ""


def build() -> None:
    with panel("alarms", shown="stations.available", wide=True):
        with html.Header(classes="panel-head"):
            html.H2("{{ t.alarms }}")
            for number in ("count", "open", "aside"):
                html.Span(
                    f"{{{{ t.alarms_{number}.replace('{{n}}', alarms.{number}) }}}}",
                    v_if=(f"alarms.{number}",),
                    classes="chip",
                )
        html.P("{{ t.alarms_none }}", v_if=("alarms.known && !alarms.groups.length",), classes="note")
        with html.P(v_if=("!alarms.known",), classes="layer-reason"):
            Icon("alert-outline")
            html.Span("{{ alarms.note || t.alarms_unknown }}")
        html.P("{{ t.alarms_watch_only }}", v_if=("alarms.count && !duty.may",), classes="note")
        replay_alarms.build()
        _form()
        with html.Ul(classes="alarms"):
            with html.Li(
                v_for=("group in alarms.groups",),
                key=("group.id",),
                classes=("'alarm-group warn-' + group.tone + (group.open ? ' alarm-open' : '')",),
            ):
                with html.Div(classes="alarm-head"):
                    html.I(classes=("'alarm-sign alarm-grade-' + group.rank",))
                    html.B("{{ group.title }}")
                    _of_group("acknowledge", rows="row.open")
                    _of_group("shelve", rows="!row.aside")
                _rows()


def _rows() -> None:
    """Alarms of a group; all of them once it is unfolded."""
    shown = (
        f"(unfolded.includes(group.id) || group.rows.length <= {FIRST_ROWS + 1} "
        f"? group.rows : group.rows.slice(0, {FIRST_ROWS}))"
    )
    with html.Ul(classes="alarm-rows"):
        with html.Li(v_for=(f"row in {shown}",), key=("row.id",), classes="alarm-line"):
            with html.Button(
                type="button",
                classes="alarm-row",
                click="trigger('open_station', [row.station, true])",
                raw_attrs=[':disabled="!row.station"'],
            ):
                html.Span("{{ row.name }}", classes=("'alarm-name warn-' + row.tone",))
                html.Span("{{ row.text }}", v_if=("group.rows.length > 1",), classes="alarm-text")
                html.Span("{{ row.time }} · {{ row.state }}", classes="alarm-state")
                html.Span("{{ row.note }}", v_if=("row.note",), classes="alarm-note")
            _of_row("acknowledge", shown="row.open && group.rows.length > 1")
            _of_row("shelve", shown="!row.aside && group.rows.length > 1")
            _of_row("unshelve", shown="row.aside")
    with html.Button(
        v_if=(f"group.rows.length > {FIRST_ROWS + 1}",),
        type="button",
        classes="alarm-fold",
        click="unfolded = unfolded.includes(group.id) ? unfolded.filter((id) => id !== group.id) "
        ": [...unfolded, group.id]",
        raw_attrs=[':aria-expanded="unfolded.includes(group.id)"'],
    ):
        Icon(("unfolded.includes(group.id) ? 'chevron-up' : 'chevron-down'",))
        html.Span(
            "{{ unfolded.includes(group.id) ? t.alarm_fold : "
            f"t.alarm_unfold.replace('{{n}}', group.rows.length - {FIRST_ROWS}) }}}}"
        )


def _of_group(act: str, *, rows: str) -> None:
    """A button for the alarms of a group for which ``rows`` holds; it says how many."""
    found = f"group.rows.filter((row) => {rows})"
    html.Button(
        f"{{{{ {found}.length > 1 ? t.alarm_{act}_n.replace('{{n}}', {found}.length) : t.alarm_{act} }}}}",
        v_if=(f"duty.may && {found}.length",),
        type="button",
        classes="tool",
        click=f"alarm_act = '{act}'; alarm_of = group.title; alarm_ids = {found}.map((row) => row.id)",
    )


def _of_row(act: str, *, shown: str) -> None:
    html.Button(
        f"{{{{ t.alarm_{act} }}}}",
        v_if=(f"duty.may && {shown}",),
        type="button",
        classes="tool alarm-tool",
        click=f"alarm_act = '{act}'; alarm_of = row.name + ' ' + row.text; alarm_ids = [row.id]",
    )


def _form() -> None:
    """Ask for a remark, a name where nobody signs in, and until when; say how many alarms it is about."""
    number = "t['alarm_' + alarm_act + '_n'].replace('{n}', alarm_ids.length)"
    with html.Form(
        v_if=("duty.may && alarm_act && alarm_ids.length",),
        classes="alarm-form",
        raw_attrs=[
            '@submit.prevent="'
            "trigger(alarm_act, [alarm_ids, operator.trim(), alarm_note.trim(), "
            "...(alarm_act === 'shelve' ? [alarm_hours] : [])]); alarm_act = ''; alarm_note = ''\"",
            "@keydown.esc.stop=\"alarm_act = ''\"",
            ":aria-label=\"t['alarm_' + alarm_act]\"",
        ],
    ):
        html.B(f"{{{{ {number} }}}}")
        html.Span("{{ alarm_of }}", classes="alarm-of")
        html.Input(
            type="text",
            classes="field",
            v_model=("alarm_note",),
            raw_attrs=[
                'maxlength="200"',
                ":placeholder=\"t['alarm_note_' + alarm_act]\"",
                ":aria-label=\"t['alarm_note_' + alarm_act]\"",
                '@vue:mounted="$event.el.focus()"',
            ],
        )
        html.Input(
            v_if=("!duty.name",),
            type="text",
            classes="field",
            v_model=("operator",),
            raw_attrs=[
                'maxlength="40"',
                "required",
                ':placeholder="t.operator_hint"',
                ':aria-label="t.operator"',
            ],
        )
        with html.Select(
            v_if=("alarm_act === 'shelve'",),
            classes="choice",
            change="alarm_hours = Number($event.target.value)",
            raw_attrs=[':value="alarm_hours"', ':aria-label="t.alarm_hours"'],
        ):
            html.Option(
                "{{ t.alarm_hours_n.replace('{n}', n) }}",
                v_for=("n in [1, 4, 8, 24, 72]",),
                key=("n",),
                value=("n",),
            )
        with html.Div(classes="alarm-form-end"):
            html.Button(f"{{{{ {number} }}}}", type="submit", classes="tool tool-on")
            html.Button("{{ t.cancel }}", type="button", classes="tool", click="alarm_act = ''")


def _tool() -> None:
    """Add the bell: how many alarms stand, in the gravest one's colour while one waits to be seen."""
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
        raw_attrs=[":aria-expanded=\"panel === 'alarms'\"", *shortcut("A")],
    ):
        Icon("bell-outline")
        html.Span("{{ t.alarms }}")
        html.B(
            "{{ alarms.count || '' }}{{ alarms.known ? '' : '?' }}",
            v_if=("alarms.count || !alarms.known",),
        )
        html.Em("{{ t.alarms_open_brief.replace('{n}', alarms.open) }}", v_if=("alarms.open",))


PART = Part(
    id="alarms",
    state={
        "alarms": AlarmsView(),
        "duty": DutyView(),
        "operator": "",
        "unfolded": [],
        "alarm_act": "",
        "alarm_ids": [],
        "alarm_of": "",
        "alarm_note": "",
        "alarm_hours": 8,
    },
    client_only=("operator", "unfolded", "alarm_act", "alarm_ids", "alarm_of", "alarm_note", "alarm_hours"),
    build=build,
    panel="alarms",
    live_actions=(AlarmActions,),
    button=_tool,
    tools="head",
    keys={"a": ("panel", "alarms")},
    help=(("A", "alarms"),),
)

"""Shift log panel: remarks, changes of shift, their CSV."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints
from trame.widgets import html

from apps.formatting import written
from apps.parts.alarms.alarm_actions import Typed
from apps.parts.part import Part
from apps.parts.triggers import InputRefusedError, operator_trigger
from apps.parts.widgets import panel, panel_button
from apps.session.controlled import Live
from apps.session.controller import Controller
from apps.texts import texts
from twin.alarms.shift_entry import EntryKind, ShiftEntry, ShiftSummary
from twin.bilingual import Language

if TYPE_CHECKING:
    from apps.live.client import LiveClient

SHOWN, EXPORTED = 100, 10_000
COLUMNS = ("number", "time", "kind", "by", "to", "text", "alarms", "link", "summary")


@dataclass(frozen=True, kw_only=True)
class ShiftEntryView:
    """Entry as it is shown; ``alarms`` are texts with their stations."""

    number: int
    time: str
    by: str
    text: str
    handover: bool = False
    summary: str = ""
    link: str = ""
    alarms: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ShiftLogView:
    """State of the shift log.

    The newest entry first; ``summary`` is of now.
    """

    entries: list[ShiftEntryView] = field(default_factory=list)
    summary: str = ""


def view(
    entries: Sequence[ShiftEntry], summary: ShiftSummary, zone: ZoneInfo, language: Language
) -> ShiftLogView:
    """Return the panel in a language."""
    shown = [
        ShiftEntryView(
            number=entry.number,
            time=written(entry.at, zone),
            by=f"{entry.by} → {entry.to}" if entry.to else entry.by,
            text=entry.text,
            handover=entry.kind == "handover",
            summary="" if entry.summary is None else summary_words(entry.summary, zone, language),
            link=entry.link,
            alarms=[{"station": alarm.station, "text": alarm.text[language]} for alarm in entry.alarms],
        )
        for entry in reversed(entries)
    ]
    return ShiftLogView(entries=shown, summary=summary_words(summary, zone, language))


def summary_words(summary: ShiftSummary, zone: ZoneInfo, language: Language) -> str:
    """Format the summary of a change of shift."""
    t = texts(language)
    numbers: Mapping[str, int] = {name: n for name, n in vars(summary).items() if name != "since"}
    now = t["shift_now"].format(**numbers)
    since = t["shift_first"] if summary.since is None else written(summary.since, zone)
    return f"{now} · " + t["shift_since"].format(since=since, **numbers)


def csv_of_shifts(entries: Sequence[ShiftEntry], zone: ZoneInfo, language: Language) -> str:
    """Return entries as CSV, oldest first."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for e in entries:
        about = "; ".join(alarm.text[language] for alarm in e.alarms)
        summary = "" if e.summary is None else summary_words(e.summary, zone, language)
        cells = (e.kind, e.by, e.to, e.text, about, e.link, summary)
        at = e.at.astimezone(zone).isoformat(timespec="seconds")
        writer.writerow((e.number, at, *(_harmless(cell) for cell in cells)))
    return out.getvalue()


def _harmless(cell: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell


ShiftText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Ids = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=100)]


class ShiftActions:
    """Read and write the shift log, in the visitor's name."""

    def __init__(self, controller: Controller, live: Live) -> None:
        self._controller, self._live = controller, live
        self._client: LiveClient = live.client

    @operator_trigger
    def shift_show(self) -> None:
        """Show the newest entries."""
        self._live.start(self._show())

    @operator_trigger
    def shift_write(
        self, kind: EntryKind, text: ShiftText, typed: Typed, to: Typed, alarms: Ids, with_scene: bool
    ) -> None:
        """Append a remark or a change of shift."""
        if not (by := self._live.who or typed):
            words = "a name is needed, nothing was written"
            raise InputRefusedError(words, trigger="shift_write", argument="typed")
        if kind == "handover" and not to:
            words = "a hand-over names who takes over, nothing was written"
            raise InputRefusedError(words, trigger="shift_write", argument="to")
        link = (self._controller.session.scene.to_link() or "") if with_scene else ""
        entry = ShiftEntry(at=datetime.now(UTC), by=by, text=text, kind=kind, to=to, link=link)
        self._live.start(self._write(entry, alarms))

    @operator_trigger
    async def shift_csv(self) -> list[str]:
        """Return name and content of a CSV file of the log."""
        session = self._controller.session
        entries, _ = await self._client.shifts(EXPORTED)
        text = csv_of_shifts(entries, session.zone, self._controller.language)
        return [f"shift-log-{datetime.now(session.zone):%Y%m%d-%H%M}.csv", text]

    async def _show(self) -> None:
        entries, summary = await self._client.shifts(SHOWN)
        shown = view(entries, summary, self._controller.session.zone, self._controller.language)
        self._controller.publish(shifts=shown)

    async def _write(self, entry: ShiftEntry, alarms: Sequence[str]) -> None:
        await self._client.write_shift(entry, alarms)
        self._controller.publish(shift_text="", shift_to="", shift_alarms=[])
        self._controller.show_message(lambda language: texts(language)["shift_written"])
        await self._show()


def build() -> None:
    with panel("shifts", shown="stations.available && duty.may", wide=True):
        with html.Header(
            classes="panel-head",
            raw_attrs=["@vue:mounted=\"trigger('shift_show')\""],
        ):
            html.H2("{{ t.shifts }}")
            html.Button(
                "CSV",
                type="button",
                classes="tool",
                title=("t.shift_csv",),
                click="trigger('shift_csv').then((file) => file && window.twinDesk.saveFile(...file))",
                raw_attrs=[':aria-label="t.shift_csv"'],
            )
        html.P("{{ shifts.summary }}", v_if=("shifts.summary",), classes="note shift-now")
        _form()
        with html.Ol(classes="shifts", raw_attrs=["reversed"]):
            with html.Li(
                v_for=("e in shifts.entries",),
                key=("e.number",),
                classes=("e.handover ? 'shift shift-handover' : 'shift'",),
            ):
                with html.Div(classes="shift-head"):
                    html.B("{{ e.time }}")
                    html.Span("{{ e.by }}")
                    html.Em("{{ t.shift_handover }}", v_if=("e.handover",), classes="chip")
                html.P("{{ e.text }}", classes="shift-text")
                html.P("{{ e.summary }}", v_if=("e.summary",), classes="note")
                html.Button(
                    "{{ a.text }}",
                    v_for=("a in e.alarms",),
                    key=("a.text",),
                    type="button",
                    classes="pick",
                    click="trigger('open_station', [a.station, true])",
                )
                html.Button(
                    "{{ t.shift_scene }}",
                    v_if=("e.link",),
                    type="button",
                    classes="pick",
                    click="trigger('open_link', [e.link, false])",
                )


def _form() -> None:
    with html.Form(
        classes="shift-form",
        raw_attrs=[
            "@submit.prevent=\"trigger('shift_write', [shift_to ? 'handover' : 'note', shift_text, "
            'operator.trim(), shift_to, shift_alarms, shift_scene])"'
        ],
    ):
        html.Textarea(
            v_model=("shift_text",),
            classes="field",
            raw_attrs=[
                'rows="3"',
                'maxlength="4000"',
                "required",
                ':placeholder="t.shift_text"',
                ':aria-label="t.shift_text"',
            ],
        )
        html.Input(
            v_if=("!duty.name",),
            type="text",
            classes="field",
            v_model=("operator",),
            raw_attrs=['maxlength="40"', "required", ':placeholder="t.shift_by"', ':aria-label="t.shift_by"'],
        )
        html.Input(
            type="text",
            classes="field",
            v_model=("shift_to",),
            raw_attrs=['maxlength="40"', ':placeholder="t.shift_to"', ':aria-label="t.shift_to"'],
        )
        with html.Select(
            v_if=("alarms.groups.length",),
            classes="choice",
            change="shift_alarms = [...new Set([...shift_alarms, $event.target.value])]; "
            "$event.target.value = ''",
            raw_attrs=[':aria-label="t.shift_alarm"'],
        ):
            html.Option("{{ t.shift_alarm }}", value="")
            with html.Template(v_for=("group in alarms.groups",), key=("group.id",)):
                html.Option(
                    "{{ row.name }} {{ row.text }}",
                    v_for=("row in group.rows",),
                    key=("row.id",),
                    value=("row.id",),
                )
        with html.Label(classes="check"):
            html.Input(type="checkbox", v_model=("shift_scene",))
            html.Span("{{ t.shift_with_scene }}")
        html.Button(
            "{{ id }} ×",
            v_for=("id in shift_alarms",),
            key=("id",),
            type="button",
            classes="pick pick-on",
            click="shift_alarms = shift_alarms.filter((one) => one !== id)",
        )
        html.Button(
            "{{ shift_to ? t.shift_handover_to.replace('{to}', shift_to) : t.shift_write }}",
            type="submit",
            classes="tool tool-on",
        )


PART = Part(
    id="shifts",
    state={
        "shifts": ShiftLogView(),
        "shift_text": "",
        "shift_to": "",
        "shift_alarms": [],
        "shift_scene": False,
    },
    client_only=("shift_text", "shift_to", "shift_alarms", "shift_scene"),
    build=build,
    panel="shifts",
    live_actions=(ShiftActions,),
    button=lambda: panel_button("shifts", "clipboard-text", shown="stations.available && duty.may"),
)

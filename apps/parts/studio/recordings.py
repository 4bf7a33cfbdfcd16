"""Panel of recordings: record, progress, download, delete."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import StringConstraints
from trame.widgets import html

from apps.browser.module import Icon
from apps.formatting import written
from apps.parts.part import Part
from apps.parts.studio.recorder_protocol import Recorder, Recording
from apps.parts.studio.studio_state import studio_of
from apps.parts.triggers import operator_trigger
from apps.parts.widgets import panel, panel_button
from apps.session.controller import Controller
from apps.texts import texts

if TYPE_CHECKING:
    from twin.bilingual import Language

JobId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
WORDS = {".mp4": "file_movie", ".pptx": "file_slides", ".png": "file_poster", ".jpg": "file_poster"}


@dataclass(frozen=True, kw_only=True)
class FileView:
    href: str
    text: str


@dataclass(frozen=True, kw_only=True)
class RecordingView:
    """Recording; ``percent`` of it is drawn, ``facts`` is a line."""

    id: str
    film: str
    state: str
    words: str
    facts: str
    percent: float = 0.0
    error: str = ""
    files: list[FileView] = field(default_factory=list)


class RecordActions:
    """Recordings, which go on without the page."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    @property
    def _recorder(self) -> Recorder:
        recorder = studio_of(self._controller).recorder
        assert recorder is not None
        return recorder

    @operator_trigger
    def record_film(self, draft: bool) -> None:
        """Record the present film; a draft is small and fast."""
        self._controller.query(self._recorder.record(draft=draft), lambda _: None)

    @operator_trigger
    def cancel_recording(self, job: JobId) -> None:
        """End a recording that waits or runs."""
        self._controller.query(self._recorder.cancel(job), lambda _: None)

    @operator_trigger
    def delete_recording(self, job: JobId) -> None:
        """Delete a recording with its files."""
        self._controller.query(self._recorder.delete(job), lambda _: None)


def recording_view(
    job: Recording, files: Mapping[str, int], controller: Controller, language: Language
) -> RecordingView:
    """Return a recording in a language."""
    t = texts(language)
    when = written(datetime.fromisoformat(job.asked_at), controller.session.zone)
    size = f"{files['film.mp4'] / 1e6:.1f} MB" if job.state == "done" and "film.mp4" in files else ""
    words = t[f"recording_{job.state}"]
    if job.state == "recording" and job.total:
        words = progress(job, t)
    draft = t["recording_draft"] if job.draft else ""
    return RecordingView(
        id=job.id,
        film=job.film,
        state=job.state,
        words=words,
        facts=" · ".join(one for one in (when, job.by, draft, size) if one),
        percent=100.0 * job.done / job.total if job.total else 0.0,
        error=job.error,
        files=[_file(job.id, name, t) for name in sorted(files, key=_place)] if job.state == "done" else [],
    )


def progress(job: Recording, t: Mapping[str, str]) -> str:
    """Return the frames that are drawn, and the time left, in words."""
    if job.done == job.total:
        return t["recording_finishing"]
    frames = t["recording_frames"].format(done=job.done, total=job.total)
    if job.left_s is None:
        return frames
    minutes = t["recording_minutes"].format(n=ceil(job.left_s / 60))
    left = t["recording_left"].format(left=minutes if job.left_s >= 60 else t["recording_seconds"])
    return f"{frames} · {left}"


def _file(id_: str, name: str, t: Mapping[str, str]) -> FileView:
    suffix = name[name.rfind(".") :]
    text = t["file_script" if suffix == ".yaml" else WORDS.get(suffix, "file_manifest")]
    number = f" {name.partition('-')[0]}" if suffix == ".png" else ""
    return FileView(href=f"studio/films/{id_}/{name}?save", text=f"{text}{number}")


def _place(name: str) -> tuple[int, str]:
    """Movie and slides come first, then pictures."""
    order = (".mp4", ".pptx", ".png", ".yaml", ".json")
    return next((n for n, suffix in enumerate(order) if name.endswith(suffix)), len(order)), name


def build() -> None:
    with panel("recordings"):
        html.H2("{{ t.recordings }}")
        with html.Div(classes="record-buttons"):
            for draft, text in (("false", "record_full"), ("true", "record_draft")):
                with html.Button(
                    type="button",
                    classes="tool",
                    title=(f"t.{text}_hint",),
                    click=f"trigger('record_film', [{draft}])",
                    raw_attrs=[':disabled="!film.name"'],
                ):
                    Icon("record")
                    html.Span(f"{{{{ t.{text} }}}}")
        with html.Ul(classes="recordings"):
            with html.Li(v_for=("job in recordings",), key=("job.id",)):
                with html.Div(classes="recording-head"):
                    html.B("{{ job.film }}")
                    html.Span(
                        "{{ job.words }}", classes=("'recording-' + job.state",), raw_attrs=['role="status"']
                    )
                html.Small("{{ job.facts }}")
                with html.Div(v_if=("job.state === 'recording'",), classes="bar"):
                    html.Div(classes="bar-part", style=("{ width: job.percent + '%' }",))
                html.P("{{ job.error }}", v_if=("job.error",), classes="recording-error")
                with html.Div(classes="recording-files"):
                    html.A(
                        "{{ f.text }}",
                        v_for=("f in job.files",),
                        key=("f.href",),
                        raw_attrs=[':href="f.href"', "download"],
                    )
                    with html.Button(
                        v_if=("['queued', 'recording'].includes(job.state)",),
                        type="button",
                        classes="tool",
                        click="trigger('cancel_recording', [job.id])",
                    ):
                        html.Span("{{ t.recording_cancel }}")
                    with html.Button(
                        v_if=("!['queued', 'recording'].includes(job.state)",),
                        type="button",
                        classes="tool tool-icon",
                        title=("t.recording_delete",),
                        click="trigger('delete_recording', [job.id])",
                        raw_attrs=[":aria-label=\"t.recording_delete + ' ' + job.film\""],
                    ):
                        Icon("delete")
        html.P("{{ t.recordings_note }}", classes="note")


def _view(controller: Controller) -> Mapping[str, Any]:
    recorder = studio_of(controller).recorder
    if recorder is None:
        return {"recordings": []}
    language = controller.language
    return {
        "recordings": [
            recording_view(job, recorder.files(job.id), controller, language) for job in recorder.jobs
        ]
    }


PART = Part(
    id="recordings",
    state={"recordings": []},
    client_only=("recordings",),
    view=_view,
    build=build,
    panel="recordings",
    actions=(RecordActions,),
    button=lambda: panel_button("recordings", "record", key="G"),
    tools="head",
    keys={"g": ("panel", "recordings")},
    help=(("G", "recordings"),),
)

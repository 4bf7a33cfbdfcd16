"""Run drills on the wall, with values of a file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from apps.parts.alarms.alarm_rows import OPEN
from apps.session.drill_state import DrillState, drill_basin
from apps.session.station_signs import signs_over
from apps.texts import texts
from twin.alarms.shift_entry import ShiftEntry
from twin.drills.drill_check import FOLDER, CheckedDrill, DrillBasin, check_drill
from twin.drills.drill_log import DrillLog
from twin.drills.drill_run import DrillRun
from twin.errors import TwinError
from twin.moment import Moment
from twin.stations.status import main_datastream, statuses

if TYPE_CHECKING:
    from apps.hub.wall.wall_journal import WallJournal
    from apps.session.controller import Controller
    from apps.session.wall_state import WallState
    from layers.labels.signs import Signs
    from twin.basin import Basin
    from twin.scene import Scene
    from twin.stations.model import Datastream, Station

logger = logging.getLogger(__name__)

SCAN_EVERY = timedelta(seconds=5)
MOST_FILES = 50
AGES_EVERY_S = 10.0
Why = Literal["file", "operator", "left", "stopped"]


class DrillRunsError(TwinError):
    """Scene for a wall that runs a drill."""

    zh = "大屏正在演练，请先结束演练"


class DrillRefusedError(TwinError):
    """File that cannot be run as a drill, with the reason."""

    zh = "无法开始演练：{message}"


class Drilled(Protocol):
    """Wall as a drill uses it; :class:`apps.hub.wall.wall_server.Wall`."""

    state_of: WallState

    @property
    def controller(self) -> Controller | None: ...
    def go_live(self) -> None: ...
    def refresh(self) -> None: ...


class Drilling:
    """Drill of the wall, at most one.

    ``files`` is the folder of drills beside the catalog, ``store`` that of their logs. A drill ends by its
    file, by an operator, or as soon as the wall shows anything else.
    """

    def __init__(
        self, wall: Drilled, journal: WallJournal, *, files: Path, store: Path, now: Callable[[], datetime]
    ) -> None:
        self._wall, self._journal, self._now = wall, journal, now
        self._files, self._store = files / FOLDER, store
        self._log: DrillLog | None = None
        self._scanned_at: datetime | None = None
        self._checked: dict[Path, tuple[tuple[int, int], CheckedDrill]] = {}
        self._of: tuple[Basin, DrillBasin | None] | None = None
        self._mains: Mapping[str, tuple[Station, Datastream | None]] = {}
        self._known: frozenset[str] = frozenset()
        self._live_signs: Callable[[Scene], Signs] | None = None
        self._made: tuple[object, Signs] | None = None
        self._shown = -1

    @property
    def run(self) -> DrillRun | None:
        """Drill that runs, or None."""
        return self._wall.state_of.drill.run

    # -- what an operator does ------------------------------------------------------------------------

    def start(self, name: str, *, by: str) -> None:
        """Start the drill of a file in the folder.

        Raises DrillRunsError, DrillRefusedError; nothing has changed then.
        """
        controller = self._wall.controller
        basin = None if controller is None else self._basin(controller)
        if self.run is not None:
            raise DrillRunsError("a drill runs already: end it first")
        if controller is None or basin is None:
            raise DrillRefusedError("the basin has no gauge of the lake, whose level a drill gives")
        path = next((path for path in self._paths() if path.name == name), None)
        if path is None:
            raise DrillRefusedError(f"there is no file {name!r} in {FOLDER}/")
        checked = check_drill(path, basin)
        if checked.drill is None:
            raise DrillRefusedError(words_of(checked))
        run = DrillRun(checked.drill, file=name, by=by, basin=basin, started_at=self._now())
        self._log = DrillLog(self._store, run)
        self._log.started(run)
        live = None if controller.live is None else controller.live.client.now
        self._known = frozenset(alarm.id for alarm in (live.alarms if live is not None else ()))
        self._mains = {
            id_: (station, main_datastream(station, basin.network.of_station(id_)))
            for id_, station in basin.network.stations.items()
        }
        self._live_signs, controller.area.signs = controller.area.signs, self._signs
        session = controller.session
        drill = run.drill
        session.run_notes[run.id] = f"{drill.name.zh} / {drill.name.en} · {drill.author} · {name}"
        self._set(replace(self._wall.state_of.drill, run=run, real=()))
        self._shown = -1
        self._show(run, controller)
        self._wall.state_of.present(by, drill=drill.name[controller.language], until=run.ends_at)
        self._note(run, "started", by=by)
        self._wall.refresh()

    def end(self, *, by: str) -> None:
        """End the drill in an operator's name, and show the present."""
        if self.run is not None:
            self._finish("operator", by=by)
            self._wall.go_live()

    def stop(self) -> None:
        """End the drill as the server ends."""
        if self.run is not None:
            self._finish("stopped", by="")

    def acknowledge(self, alarms: Sequence[str], *, reason: str, by: str) -> None:
        """Acknowledge alarms of the drill, in its own log."""
        if self.run is None or self._log is None:
            return
        for change in self.run.acknowledge(alarms, by=by, note=reason, at=self._now()):
            self._log.changed(change)
        self._publish()

    # -- what time does -------------------------------------------------------------------------------

    def step(self) -> None:
        """Show what is due; end what is over or no longer shown."""
        run, controller = self.run, self._wall.controller
        if controller is None:
            return
        self._scan(controller)
        if run is None:
            return
        if controller.session.scene.moment.run != run.id:
            presented = self._wall.state_of.presentation
            self._finish("left", by="" if presented is None else presented.by)
        elif run.is_over(self._now()):
            self._finish("file", by="")
            self._wall.go_live()
        else:
            self._show(run, controller)
            self._watch_real(controller)

    def flush(self) -> None:
        """Write the drill's log; called in a thread."""
        if self._log is not None:
            self._log.flush()

    def _show(self, run: DrillRun, controller: Controller) -> None:
        changes = run.advance(self._now())
        for change in changes:
            assert self._log is not None
            self._log.changed(change)
        if run.revision == self._shown:
            return
        self._shown = run.revision
        moment = Moment(
            mode="drill",
            level_m=run.level_m,
            highest_m=run.highest_m,
            valid_at=run.level_at,
            run=run.id,
            generation=controller.session.basin.generation.id,
        )
        if controller.session.scene.moment != moment:
            controller.session.show(moment, "given")
            controller.stop_replay()
            controller.area.changed(moving=False)
            controller.publish_moment()
        self._publish()

    def _watch_real(self, controller: Controller) -> None:
        """Find real alarms that came since the start and wait."""
        live = None if controller.live is None else controller.live.client.now
        alarms = live.alarms if live is not None else ()
        real = tuple(one for one in alarms if one.id not in self._known and one.state in OPEN)
        if real != self._wall.state_of.drill.real:
            self._set(replace(self._wall.state_of.drill, real=real))
            self._publish()

    def _finish(self, why: Why, *, by: str) -> None:
        run, controller = self.run, self._wall.controller
        assert run is not None and self._log is not None
        self._log.ended(self._now(), why=why, by=by)
        self._set(replace(self._wall.state_of.drill, run=None, real=()))
        if controller is not None:
            if controller.area.signs == self._signs and self._live_signs is not None:
                controller.area.signs = self._live_signs
            self._publish()
        self._note(run, "ended", by=by or run.by)

    # -- stations -------------------------------------------------------------------------------------

    def _signs(self, scene: Scene) -> Signs:
        """What stations show: the drill's values over its own scene, else what they show without one."""
        run, controller = self.run, self._wall.controller
        if run is None or controller is None or scene.moment.run != run.id:
            assert self._live_signs is not None
            return self._live_signs(scene)
        at_s = (self._now() - run.started_at).total_seconds()
        key = (run.revision, at_s // AGES_EVERY_S, scene.language, scene.filter)
        if self._made is None or self._made[0] != key:
            now = run.now()
            found = statuses(self._mains, now, lambda _: 0.0)
            signs = signs_over(
                scene, found, now=now, elapsed_s=lambda _: 0.0, zone=controller.session.zone, of="drill"
            )
            self._made = key, signs
        return self._made[1]

    # -- files ----------------------------------------------------------------------------------------

    def _paths(self) -> list[Path]:
        return sorted(path for path in self._files.glob("*.y*ml") if path.suffix in (".yaml", ".yml"))

    def _scan(self, controller: Controller) -> None:
        """Look for files every few seconds; a basin without a lake gauge offers none."""
        now = self._now()
        if self._scanned_at is not None and timedelta(0) <= now - self._scanned_at < SCAN_EVERY:
            return
        self._scanned_at = now
        basin = self._basin(controller)
        files = () if basin is None else tuple(self._check(p, basin) for p in self._paths()[:MOST_FILES])
        if files != self._wall.state_of.drill.files:
            self._set(replace(self._wall.state_of.drill, files=files))
            self._publish()

    def _check(self, path: Path, basin: DrillBasin) -> CheckedDrill:
        """A file as it was checked, unless it has changed since."""
        try:
            told = path.stat()
        except OSError:
            return check_drill(path, basin)
        key = (told.st_mtime_ns, told.st_size)
        known = self._checked.get(path)
        if known is None or known[0] != key:
            known = self._checked[path] = key, check_drill(path, basin)
        return known[1]

    def _basin(self, controller: Controller) -> DrillBasin | None:
        basin = controller.session.basin
        if self._of is None or self._of[0] is not basin:
            self._of, self._checked = (basin, drill_basin(basin)), {}
        return self._of[1]

    # -- words ----------------------------------------------------------------------------------------

    def _set(self, state: DrillState) -> None:
        self._wall.state_of.drill = state

    def _publish(self) -> None:
        if (controller := self._wall.controller) is not None:
            controller.publish_part("wall_drill")
            controller.area.recaption()

    def _note(self, run: DrillRun, what: Literal["started", "ended"], *, by: str) -> None:
        """Note start or end in the wall's journal, and in the shift log where the service runs."""
        self._journal.drill(run.id, what, file=run.file, author=run.drill.author, by=by)
        controller = self._wall.controller
        if controller is None or controller.live is None:
            return
        t = texts(controller.language)
        name = run.drill.name[controller.language]
        text = t[f"drill_shift_{what}"].format(name=name, author=run.drill.author, file=run.file, id=run.id)
        entry = ShiftEntry(at=self._now(), by=by or t["wall_operator"], text=text)
        controller.live.start(controller.live.client.write_shift(entry))


def words_of(checked: CheckedDrill) -> str:
    """Return the first problem of a file, its line first."""
    first = checked.problems[0]
    more = f" (+{len(checked.problems) - 1})" if len(checked.problems) > 1 else ""
    hint = f" ({first.hint})" if first.hint else ""
    return f"{first.file.name}:{first.line}: {first.key} {first.message}{hint}{more}"

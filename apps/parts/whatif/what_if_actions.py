"""Edit a what-if, route it, move along it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from apps.error_messages import say
from apps.parts.triggers import Number, Word, trigger
from apps.parts.whatif import what_if_kept, what_if_supply, what_if_view
from apps.parts.whatif.what_if_forecasts import forecasts_of, listed, show_forecast
from apps.parts.whatif.what_if_text import WhatIfText
from apps.parts.whatif.what_if_view import WhatIfView
from apps.session.controller import Controller
from apps.session.routed import Routed, outlets_of, route_what_if, show_planned
from apps.session.run_names import name_run
from apps.session.visitor_runs import VisitorRuns
from apps.session.what_if import WhatIf
from twin.catalog.types import Access
from twin.errors import TwinError
from twin.plan_table import read_plan
from twin.runs_file import RunsFileError
from twin.timed_table import LARGEST
from twin.water.release_plan import PlanError

FieldName = Literal["start", "start_error", "inflow_error", "target", "days", "demand", "supply_to"]
Typed = Annotated[str, Field(max_length=200)]
Drawn = Annotated[list[Annotated[list[Number], Field(min_length=2, max_length=2)]], Field(max_length=200)]


class WhatIfActions:
    """Actions of the what-if panel.

    What is refused is said at its field, and nothing has changed.
    """

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._routed: Routed | None = None
        #: Id of the kept what-if that the panel shows unchanged, '' for none.
        self._kept_run = ""
        self._typed = WhatIfText(controller)
        self._taken = 0
        self._drawn_runs: set[str] = set()
        controller.what_if = self.view

    def view(self) -> WhatIfView:
        """Return the panel as it is now."""
        if self._routed is None:
            return WhatIfView()
        session, language = self._controller.session, self._controller.language
        found = forecasts_of(self._controller.runs, session.zone)
        drawn = [run for run in found.values() if run.id in self._drawn_runs]
        view = what_if_view.view(session, self._routed, language, drawn)
        forecasts = listed(found, self._drawn_runs, session.scene.moment)
        kept = what_if_kept.kept_view(self._controller.runs, session.zone, language)
        supply = what_if_supply.supply_view(session, self._routed.what_if, language)
        return replace(view, taken=self._taken, kept=kept, supply=supply, forecasts=forecasts)

    @trigger
    def what_if_open(self) -> None:
        """Start a what-if, unless there is one."""
        if self._routed is None:
            self.what_if_anew()
        else:
            self._publish()

    @trigger
    def what_if_anew(self) -> None:
        """Start again from the live level and flows.

        Where there is no live level, at what is shown, from now on. The level asked for is the what-if's that
        is shown, the normal one otherwise.
        """
        session, live = self._controller.session, self._controller.session.live
        moment = session.scene.moment
        asked = moment.mode == "what-if" and live is not None and abs(moment.level_m - live.level_m) > 0.005
        start_s = float(round(time.time() if live is None else live.at.timestamp()))
        inflow, release = (self._live_flow(name) for name in ("inflow", "release"))
        self._take(
            lambda: WhatIf(
                start_s=start_s,
                start_m=moment.level_m if live is None else live.level_m,
                from_live=live is not None,
                inflow=((start_s, inflow),),
                release=((start_s, max(0.0, release)),),
                target_m=moment.level_m if asked else session.levels.named("normal"),
                supply_to_m=session.levels.named("dead"),
            ),
            "start",
        )

    @trigger
    def what_if_set(self, name: FieldName, text: Typed) -> bool:
        """Set a field to what was typed; returns whether it was taken."""
        return self._take(lambda: self._with(name, text), name)

    @trigger
    def what_if_flow(self, series: Word, text: Typed) -> bool:
        """Set inflow, release or an opening to one constant value."""
        return self._take(
            lambda: self._drawn(series, [[self._asked.start_s, self._typed.flow(series, text)]]), series
        )

    @trigger
    def what_if_draw(self, series: Word, points: Drawn) -> bool:
        """Set a series to points [s since 1970, value]."""
        return self._take(lambda: self._drawn(series, sorted(points)), series)

    @trigger
    def what_if_point(self, series: Word, number: int, at: Typed, value: Typed) -> bool:
        """Set time and value of a series' point.

        By its number; one beyond the last is added."""

        def changed() -> WhatIf:
            points = [list(point) for point in self._points(series)]
            point = [self._typed.time(at), self._typed.flow(series, value)]
            points[number : number + 1] = [point]
            return self._drawn(series, sorted(points))

        return self._take(changed, series)

    @trigger
    def what_if_remove(self, series: Word, number: int) -> bool:
        """Remove a point of a series; the last one stays."""

        def changed() -> WhatIf:
            points = [list(point) for point in self._points(series)]
            if len(points) > 1 and 0 <= number < len(points):
                del points[number]
            return self._drawn(series, points)

        return self._take(changed, series)

    @trigger
    def what_if_file(self, name: Typed, text: Annotated[str, Field(max_length=LARGEST)]) -> bool:
        """Take inflow and releases from a CSV file's text."""

        def changed() -> WhatIf:
            session = self._controller.session
            plan = read_plan(text, zone=session.zone, outlets=outlets_of(session))
            return self._asked.with_plan(plan, source=name[-80:])

        return self._take(changed, "file")

    @trigger
    def what_if_at(self, at: Number) -> None:
        """Show the lake at a time of the what-if, s since 1970."""
        controller = self._controller
        if self._routed is None:
            return
        try:
            show_planned(controller.session, self._routed, at, run=self._kept_run)
        except TwinError as error:
            controller.show_error(error)
            return
        controller.stop_replay()
        controller.area.changed()
        controller.publish_moment_soon()

    @trigger
    def what_if_seek(self, at: Number) -> None:
        """Move along the chart to a time, s since 1970.

        In the forecast where one is shown."""
        moment = self._controller.session.scene.moment
        if moment.mode == "forecast" and moment.run is not None:
            self._show_forecast(moment.run, at)
        else:
            self.what_if_at(at)

    @trigger
    def what_if_forecast(self, run: Word, drawn: bool) -> None:
        """Draw a forecast in the chart, or leave it out."""
        self._drawn_runs = self._drawn_runs | {run} if drawn else self._drawn_runs - {run}
        self._publish()

    @trigger
    def what_if_forecast_show(self, run: Word) -> None:
        """Show the lake as a forecast has it, at the chart's time."""
        if self._routed is None:
            return  # the list of forecasts stands in the open panel
        moment = self._controller.session.scene.moment
        at = moment.valid_at if moment.mode in ("what-if", "forecast") else None
        self._drawn_runs |= {run}
        self._show_forecast(run, self._asked.start_s if at is None else at.timestamp())
        self._publish()

    def _show_forecast(self, run: str, at: float) -> None:
        controller = self._controller
        found = forecasts_of(controller.runs, controller.session.zone).get(run)
        try:
            if found is None:
                raise RunsFileError("this forecast is not there any more", words="这一预报已不在")
            show_forecast(controller.session, found, at)
        except TwinError as error:
            controller.show_error(error)
            return
        controller.stop_replay()
        controller.area.changed()
        controller.publish_moment_soon()

    @trigger
    def what_if_exposed(self) -> None:
        """Mark on the map what falls dry on the way down."""
        controller, session = self._controller, self._controller.session
        if self._routed is None or (asked := self._routed.what_if).supply_to_m is None:
            return  # the page has no button for it
        try:
            session.show_what_if("level", asked.supply_to_m)
        except TwinError as error:
            controller.show_error(error)
            return
        marks = session.scene.marks.model_copy(update={"compared_m": round(asked.start_m, 4)})
        controller.do(lambda scene: scene.changed(marks=marks))
        controller.stop_replay()
        controller.publish_moment_soon()

    @trigger
    def what_if_unmark(self) -> None:
        """Take the marks of dry and wet shores away."""
        controller = self._controller
        marks = controller.session.scene.marks.model_copy(update={"compared_m": None})
        controller.do(lambda scene: scene.changed(marks=marks))
        controller.publish_moment_soon()

    @trigger
    def what_if_save(self, name: Typed, access: Access) -> bool:
        """Keep the what-if on the server under a name.

        For those of a level of access."""

        def keep(runs: VisitorRuns) -> None:
            self._kept_run = runs.keep(name, self._asked.model_dump_json(), access=access)

        return self._keep(keep)

    @trigger
    def what_if_load(self, run: Word) -> bool:
        """Open a kept what-if."""

        def opened() -> WhatIf:
            runs = self._controller.runs
            if runs is None:
                raise PlanError("no what-ifs are kept here", code="none")
            return WhatIf.from_document(runs.one(run).document)

        return self._take(opened, "saved", kept_run=run)

    @trigger
    def what_if_rename(self, run: Word, name: Typed) -> bool:
        """Rename a kept what-if of one's own."""
        return self._keep(lambda runs: runs.rename(run, name))

    @trigger
    def what_if_delete(self, run: Word) -> bool:
        """Delete a kept what-if of one's own."""
        return self._keep(lambda runs: runs.delete(run))

    def _keep(self, change: Callable[[VisitorRuns], object]) -> bool:
        """Change what is kept; what cannot be is said."""
        if self._controller.runs is None:
            return False
        try:
            change(self._controller.runs)
        except TwinError as error:
            self._publish(refused=say(error, self._controller.language), refused_field="saved")
            return False
        self._taken += 1
        self._name_run()
        self._publish()
        return True

    def _name_run(self) -> None:
        """Note the name of the kept what-if: a renamed one has another."""
        session, runs = self._controller.session, self._controller.runs
        session.run_notes.pop(self._kept_run, None)
        name_run(session, self._kept_run, runs)

    @property
    def _asked(self) -> WhatIf:
        if self._routed is None:
            raise PlanError("there is no what-if yet: open its panel", code="none")
        return self._routed.what_if

    def _take(self, change: Callable[[], WhatIf], where: str, *, kept_run: str = "") -> bool:
        """Route what a change makes; where it cannot be, say so at its field."""
        try:
            self._routed = route_what_if(self._controller.session, change())
        except TwinError as error:
            self._publish(refused=say(error, self._controller.language), refused_field=where)
            return False
        self._kept_run = kept_run
        self._name_run()
        self._taken += 1
        self._publish()
        return True

    def _publish(self, *, refused: str = "", refused_field: str = "") -> None:
        view = replace(self.view(), refused=refused, refused_field=refused_field)
        self._controller.publish(what_if=view)

    def _with(self, name: FieldName, text: str) -> WhatIf:
        fields: dict[str, object]
        match name:
            case "start":
                fields = {"start_m": self._typed.level(text), "from_live": False}
            case "target":
                fields = {"target_m": self._typed.level(text) if text.strip() else None}
            case "supply_to":
                fields = {"supply_to_m": self._typed.level(text)}
            case "demand":
                fields = {"demand_m3s": self._typed.flow("release", text)}
            case "start_error":
                fields = {"start_error_m": self._typed.number(text, "whatif_start_error")}
            case "inflow_error":
                fields = {
                    "inflow_error": self._typed.number(text.rstrip(" %％"), "whatif_inflow_error") / 100
                }
            case "days":
                auto = text == "auto"
                fields = {"auto_days": auto}
                fields |= {} if auto else {"days": self._typed.number(text, "whatif_days")}
        return self._asked.changed(**fields)

    def _points(self, series: str) -> tuple[tuple[float, float], ...]:
        asked = self._asked
        if series in ("inflow", "release"):
            return asked.inflow if series == "inflow" else asked.release
        return asked.openings.get(series, ((asked.start_s, 0.0),))

    def _drawn(self, series: str, points: list[list[float]]) -> WhatIf:
        asked, source = self._asked, ""
        if series in ("inflow", "release"):
            return asked.changed(**{series: points}, source=source)
        if series not in outlets_of(self._controller.session):
            raise PlanError(f"there is no outlet {series!r}", code="outlet", what=series)
        openings = {**asked.openings, series: points}
        if all(value == 0 for _, value in points):
            del openings[series]
        return asked.changed(openings=openings, source=source)

    def _live_flow(self, name: str) -> float:
        """The newest inflow or release of the lake's gauge; 0 where none is known."""
        live = self._controller.live
        value = None if live is None else live.lake_value(name)
        return 0.0 if value is None or value.value is None else round(float(value.value), 1)

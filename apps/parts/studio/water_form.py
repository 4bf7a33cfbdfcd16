"""Form of a shot's water: a level, a rise, a flood."""

from __future__ import annotations

from datetime import UTC, datetime

from trame.widgets import html

from apps.parts.studio.form_inputs import number_input
from apps.parts.studio.shot_editing import ShotEditing, Typed
from apps.parts.triggers import trigger
from apps.studio import shot_edits, shot_fields
from apps.studio.field_values import ShotFieldError
from twin.storyboard.storyboard import Shot

SCENARIO = "scenario:"


class WaterTrackActions(ShotEditing):
    """Edits of where the shot's water comes from."""

    @trigger
    def set_shot_water(self, kind: Typed) -> None:
        """Set the kind of water: a level, a rise, a flood."""
        if kind.startswith(SCENARIO):
            self.edit(lambda shot: self._with_flood(shot, kind.removeprefix(SCENARIO)))
        elif kind in ("level", "rise"):
            self.edit(lambda shot: self._with_levels(shot, kind))
        else:
            zone = self.controller.session.zone
            self.edit(
                lambda shot: shot_fields.with_field(shot, "water", kind, language=self.language, zone=zone)
            )

    def _with_levels(self, shot: Shot, kind: str) -> Shot:
        """A level of the shot's own: what it had, else the one that is shown now."""
        had = [] if shot.water is None else [key.level_m for key in shot.water.levels]
        level_m = had[0] if had else self.controller.session.scene.moment.level_m
        zone = self.controller.session.zone
        still = shot_edits.changed_shot(shot, water=None)
        still = shot_fields.with_field(still, "level", level_m, language="zh", zone=zone)
        if kind == "level":
            return still
        return shot_fields.with_field(
            still, "level_to", had[-1] if had else level_m, language="zh", zone=zone
        )

    def _with_flood(self, shot: Shot, id_: str) -> Shot:
        flood = self.controller.session.flood
        if flood is None or flood.id != id_:
            raise ShotFieldError(f"there is no flood {id_}", field="water", value=id_)
        start, end = (datetime.fromtimestamp(at, UTC) for at in (flood.start, flood.end))
        return shot_fields.with_scenario(shot, id_, start, end)


def build_water() -> None:
    """Add the water's kind, its levels or times."""
    html.H3("{{ t.shot_water }}")
    with html.Label(classes="form-field"):
        html.Span("{{ t.shot_level }}")
        with html.Select(
            classes="choice",
            change="trigger('set_shot_water', [$event.target.value])",
            raw_attrs=[':value="edit.water"', 'data-field="water"'],
        ):
            html.Option("{{ w.name }}", v_for=("w in edit.waters",), key=("w.id",), value=("w.id",))
    with html.Div(v_if=("edit.level !== ''",), classes="form-pair"):
        number_input(
            "level",
            "shot_from_level",
            plain="shot_level_m",
            least="edit.lowest_m",
            most="edit.highest_m",
            step="0.01",
        )
        with html.Template(v_if=("edit.level_to !== ''",)):
            number_input(
                "level_to", "shot_to_level", least="edit.lowest_m", most="edit.highest_m", step="0.01"
            )
    with html.Div(v_if=("edit.start",), classes="form-pair"):
        for field, value in (("from", "start"), ("to", "end")):
            with html.Label(classes="form-field"):
                html.Span(f"{{{{ t.shot_span_{field} }}}}")
                html.Input(
                    type="datetime-local",
                    change=f"trigger('set_shot', ['{field}', $event.target.value])",
                    raw_attrs=[f':value="edit.{value}"', f'data-field="{field}"'],
                )

"""Desk: one decision-maker's view of the basin.

Order is that of the page, its tools and its help.
"""

from __future__ import annotations

from apps.parts import (
    camera_history,
    card,
    chart,
    head,
    help_dialog,
    home,
    language,
    layers,
    level_slider,
    link,
    loading,
    other_pages,
    papers,
    readout,
    scene,
    search,
    send_to_wall,
    shift_log,
    signed_in,
    timebar,
    trouble,
    viewpoints,
)
from apps.parts.affected import affected_panel as affected
from apps.parts.affected import compare_panel as compare
from apps.parts.alarms import alarm_panel as alarms
from apps.parts.alarms import replay_alarms
from apps.parts.measure import measure_panel as measure
from apps.parts.stations import charts, filter_chip, station_chart
from apps.parts.stations import panel as stations
from apps.parts.whatif import what_if_panel
from apps.rooms.room import Room

PARTS = (
    scene.PART,
    compare.SWIPE,
    head.PART,
    readout.PART,
    card.PART,
    level_slider.PART,
    search.PART,
    layers.PART,
    affected.PART,
    what_if_panel.PART,
    stations.PART,
    filter_chip.PART,
    charts.PART,
    station_chart.PART,
    alarms.PART,
    replay_alarms.PART,
    home.PART,
    camera_history.PART,
    viewpoints.PART,
    compare.PART,
    measure.PART,
    shift_log.PART,
    link.PART,
    papers.PART,
    send_to_wall.PART,
    trouble.PART,
    timebar.PART,
    chart.PART,
    other_pages.PART,
    help_dialog.PART,
    language.PART,
    signed_in.PART,
    loading.PART,
)

ROOM = Room(id="desk", path="index.html", parts=PARTS)

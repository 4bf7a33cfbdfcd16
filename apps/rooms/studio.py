"""Studio: films made of the basin, shot by shot.

Order is that of the page, its tools and its help.
"""

from __future__ import annotations

from apps.parts import (
    camera_history,
    card,
    head,
    help_dialog,
    home,
    language,
    layers,
    level_slider,
    link,
    loading,
    readout,
    scene,
    search,
    signed_in,
    trouble,
    viewpoints,
)
from apps.parts.studio import films, presenting, preview_bar, recordings, shot_panel, strip
from apps.rooms.room import Room

PARTS = (
    scene.PART,
    preview_bar.PART,
    head.PART,
    readout.PART,
    card.PART,
    level_slider.PART,
    films.PART,
    shot_panel.PART,
    presenting.PART,
    recordings.PART,
    search.PART,
    layers.PART,
    viewpoints.PART,
    home.PART,
    camera_history.PART,
    link.PART,
    trouble.PART,
    strip.PART,
    help_dialog.PART,
    language.PART,
    signed_in.PART,
    loading.PART,
)

ROOM = Room(id="studio", path="studio", parts=PARTS, needs="operate")

"""Draw the frames of a film: picture, names, words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from apps.recorder.digests import frames_digest
from apps.recorder.film_frame import FilmFrame
from apps.recorder.overprint.map_inset import make_inset
from apps.recorder.overprint.print_words import callout_boxes, dissolve, print_words, taken_boxes
from apps.recorder.overprint.regions import film_furniture, film_zoom, frame_regions
from apps.recorder.shots import Film
from apps.recorder.steady_names import PlacedNames, SteadyNames
from layers.film_stage import FilmQuality, FilmStage
from layers.labels.collision_grid import touches
from layers.labels.overlay import Label
from layers.labels.painter import paint
from layers.labels.placer import Box, LabelPlacer
from layers.labels.positions import MARK_PX
from layers.labels.theme import style_of, text_box, text_scale
from twin.arrays import U8
from twin.scene import Scene

LOOKS = 24
"""So often in a shot it is looked where its panels are."""


class FilmPainter:
    """Draws any frame of a film; cheapest in their order.

    Raises what :class:`FilmStage` raises.
    """

    def __init__(self, film: Film, *, quality: FilmQuality) -> None:
        self.film, self.size = film, film.storyboard.size
        self.stage = FilmStage(film.basin, size=self.size, quality=quality, ground=film.ground)
        self._zoom = film_zoom(self.size[1])
        self.stage.stamp_at = frame_regions(*self.size).stamp_at
        insets = any("inset" in shot.panels for shot in film.storyboard.shots)
        #: The film's small map, None where no shot shows it.
        self.inset = make_inset(film.ground, self.size) if insets else None
        self._names: dict[int, SteadyNames] = {}
        self._digests: dict[int, str] = {}
        self._last: tuple[Scene, U8] | None = None
        self.tiles: set[str] = set()

    def picture(self, number: int) -> U8:
        """Return a frame's picture, (height, width, 3) uint8.

        Raises TilesMissingError where one of its tiles cannot be had.
        """
        frame, shot = self.film.frame(number), self._shot(number)
        printed = self._printed(frame, shot)
        if frame.before is not None:
            printed = dissolve(self._printed(frame.before, shot - 1), printed, frame.mix)
        return printed

    def scene_picture(self, number: int) -> U8:
        """Return a frame's picture with its names, without its words.

        (height, width, 3) uint8. Raises TilesMissingError.
        """
        return self._drawn(self.film.frame(number), self._shot(number))

    def shot_digest(self, number: int) -> str:
        """Hash all frames of a shot, by the shot's number."""
        if number not in self._digests:
            first, end = self._span(number)
            self._digests[number] = frames_digest(self._in_shot(n, number) for n in range(first, end))
        return self._digests[number]

    def shots(self, first: int, end: int) -> list[int]:
        """Return the shots that frames show or dissolve from, by number."""
        shown = range(self._shot(first), self._shot(end - 1) + 1)
        before = shown[0] - 1 if self.film.frame(first).before is not None else shown[0]
        return list(range(before, shown[-1] + 1))

    def close(self) -> None:
        """Free the window and all tiles."""
        self.stage.close()

    # -- inner ----------------------------------------------------------------------------------------

    def _printed(self, frame: FilmFrame, shot: int) -> U8:
        return print_words(self._drawn(frame, shot), frame, inset=self.inset)

    def _drawn(self, frame: FilmFrame, shot: int) -> U8:
        overlay = self._steady(shot, frame.number).overlay(frame.number)
        if self._last is None or self._last[0] != frame.scene:
            self.stage.apply(frame.scene)
            self._last = frame.scene, self.stage.whole_picture()
            self.tiles.update(self.stage.tiles())
        return paint(self._last[1], overlay, zoom=self._zoom)

    def _steady(self, shot: int, number: int) -> SteadyNames:
        """The names of a shot, begun anew where they are past ``number``; two shots at most are kept."""
        names = self._names.get(shot)
        if names is None or names.from_ > number:
            first, end = self._span(shot)
            placer, reserved = LabelPlacer(self.stage.ground), self._panels(shot)

            def place(n: int) -> PlacedNames:
                return self._placed(self._in_shot(n, shot), placer, reserved)

            names = SteadyNames(place, first=first, end=end, fps=self.film.storyboard.fps)
            self._names = {k: kept for k, kept in self._names.items() if abs(k - shot) == 1} | {shot: names}
        return names

    def _placed(self, frame: FilmFrame, placer: LabelPlacer, reserved: Sequence[Box]) -> PlacedNames:
        """Names beside the panels, without what call-outs cover or say: these move, panels stay."""
        stage = self.stage
        stage.placer = placer
        stage.apply(frame.scene)
        stage.show_signs(frame.signs)
        zoom, (width, height) = self._zoom, self.size
        boxes = [(a / zoom, b / zoom, c / zoom, d / zoom) for a, b, c, d in reserved]
        overlay = stage.overlay(size=(width / zoom, height / zoom), reserved=boxes)
        under = callout_boxes(frame, self.size)
        said = {callout.text for callout in frame.words.callouts}
        labels = tuple(
            x
            for x in overlay.labels
            if x.text not in said and not touches(_label_box(x, self.size, zoom), under)
        )
        return PlacedNames(
            replace(overlay, labels=labels), tuple(placer.identity_of(label.id) for label in labels)
        )

    def _panels(self, shot: int) -> list[Box]:
        """Boxes where something lies over the picture at any time of a shot, call-outs aside."""
        first, end = self._span(shot)
        every = max(1, (end - first) // LOOKS)
        taken = {box: None for n in range(first, end, every) for box in self._boxes(self._in_shot(n, shot))}
        return [*film_furniture(self.size), *taken]

    def _boxes(self, frame: FilmFrame) -> tuple[Box, ...]:
        """Boxes of a frame's words, without its call-outs."""
        words = replace(frame.words, callouts=())
        return taken_boxes(replace(frame, words=words, before=None), self.size, inset=self.inset)

    def _shot(self, number: int) -> int:
        return bisect_right(self.film.first, number) - 1

    def _span(self, shot: int) -> tuple[int, int]:
        """First frame of a shot and its end, with the frames that dissolve into the next one."""
        end = self.film.first[shot + 1]
        while end < len(self.film) and self.film.frame(end).before is not None:
            end += 1
        return self.film.first[shot], end

    def _in_shot(self, number: int, shot: int) -> FilmFrame:
        """A frame of a shot, also past its end."""
        frame = self.film.frame(number)
        if number >= self.film.first[shot + 1]:
            assert frame.before is not None
            return frame.before
        return frame


def _label_box(label: Label, size: tuple[int, int], zoom: float) -> Box:
    """The box of a name's words, px."""
    scale, px = zoom * text_scale(size[1] / zoom), style_of(label.kind).size_px
    above = MARK_PX * scale if label.mark else 0.0
    x, y = label.x * size[0] + zoom * label.dx, label.y * size[1] + zoom * label.dy - above
    return text_box(label.text or label.detail, x, y, px * scale)

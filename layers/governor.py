"""Hold a frame rate by adapting resolution and geometric error.

Also decides what a still frame gets. While the camera moves it gives up pixels, never under half of the
linear resolution, and the ground's detail; every frame tells what it cost. At rest everything is fine, in two
steps.
"""

from __future__ import annotations

from dataclasses import dataclass

FRAMES_PER_S = 24.0
"""What it holds."""

ROOM = 0.65
"""A finer step is taken where its expected time is at most this part of what there is: no flicker."""


@dataclass(frozen=True)
class Sharpness:
    """Resolution and error that a frame is drawn with.

    ``scale`` is its share of the window's linear resolution. Of its own pixels, the ground may be
    ``max_error_px`` off, and the surfaces of models ``tile_error_px``. One that ``waits`` gives its tiles a
    moment to be loaded.
    """

    scale: float
    max_error_px: float
    tile_error_px: float = 16.0
    waits: bool = False

    @property
    def cost(self) -> float:
        """Time to draw, roughly, in no unit.

        It grows with the pixels, and less with the triangles.
        """
        return self.scale**2 * (1.0 + 1.6 / self.max_error_px) * (1.0 + 4.0 / self.tile_error_px)


STILL = Sharpness(1.0, 3.0, waits=True)
"""The first picture at rest."""
FINE = Sharpness(1.0, 3.0, 4.0, waits=True)
"""Those after it: a tree or a car that is 16 px tall may be missing in the first."""
MOVING = (
    Sharpness(0.55, 4.5, 8.0),
    Sharpness(0.6, 4.0, 9.0),
    Sharpness(0.75, 3.5, 12.0),
    Sharpness(1.0, 3.0, 16.0),
)
"""Steps for moving frames, from a slow machine's to a fast one's. With fewer pixels, or coarser models or
ground, they would be too unlike the still that follows (docs/decisions/desk-stream.md)."""


class Governor:
    """Chooses the next moving frame's step from the last frames' times."""

    def __init__(self, *, frames_per_s: float = FRAMES_PER_S) -> None:
        self.budget_s = 1.0 / frames_per_s
        self._step = 0
        self._seconds: float | None = None

    @property
    def sharpness(self) -> Sharpness:
        return MOVING[self._step]

    def record(self, seconds: float) -> None:
        """Record a moving frame's time and adapt the step.

        A step up when there is ample time, down when there is none.
        """
        self._seconds = seconds if self._seconds is None else 0.8 * self._seconds + 0.2 * seconds
        if self._seconds > self.budget_s:
            self._go(max(0, self._step - 1))
        elif self._step + 1 < len(MOVING):
            expected = self._seconds * MOVING[self._step + 1].cost / self.sharpness.cost
            if expected < ROOM * self.budget_s:
                self._go(self._step + 1)

    def _go(self, step: int) -> None:
        if step != self._step:
            self._step, self._seconds = step, None

"""Render context that every layer draws with."""

from __future__ import annotations

from dataclasses import dataclass, field

from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer, vtkRenderWindow

from layers.gl.uniforms import Uniforms
from layers.heights import Ground


@dataclass(frozen=True)
class RenderContext:
    """Window, renderer, shared shader uniforms and the ground under everything."""

    window: vtkRenderWindow
    renderer: vtkRenderer
    uniforms: Uniforms
    ground: Ground

    actors: list[vtkActor] = field(default_factory=list)

    def add(self, actor: vtkActor) -> None:
        """Draw an actor from now on."""
        self.renderer.AddActor(actor)
        self.actors.append(actor)

    def clear(self) -> None:
        """Remove the actors that :meth:`add` has added."""
        for actor in self.actors:
            self.renderer.RemoveActor(actor)
            if (mapper := actor.GetMapper()) is not None:
                mapper.ReleaseGraphicsResources(self.window)
        self.actors.clear()

    def make_current(self) -> None:
        """Make the window's OpenGL context current, unless finalized.

        A plotter may be closed first.
        """
        if self.window.GetInitialized():
            self.window.MakeCurrent()

    def exaggerate(self, factor: float) -> None:
        """Draw the heights of all actors ``factor`` times as high."""
        for actor in self.actors:
            actor.SetScale(1.0, 1.0, factor)
        self.uniforms.set(exaggeration=factor)

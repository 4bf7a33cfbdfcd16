"""The watch over VTK catches what it is there for; a watch that cannot fail guards nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkRenderingCore import vtkPolyDataMapper

from layers.stage import Stage
from tests.layers.watching import VtkComplaintError, VtkLeakError, no_complaints, no_leaks


@pytest.fixture(autouse=True)
def vtk_is_quiet_and_leaves_nothing() -> Iterator[None]:
    """Here it is the tests that watch."""
    yield


def test_an_error_of_vtk_is_caught() -> None:
    with pytest.raises(VtkComplaintError, match="not optional"), no_complaints():
        vtkPolyDataMapper().Update()


def test_a_shader_that_does_not_compile_is_caught(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    actor = stage.renderer.GetActors().GetLastActor()
    actor.GetShaderProperty().SetFragmentShaderCode("//VTK::System::Dec\nvoid main() { nonsense; }")
    with pytest.raises(VtkComplaintError, match="nonsense"), no_complaints():
        stage.render()


def test_an_exception_in_an_observer_is_caught(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()

    def stumble(*_: object) -> None:
        raise ZeroDivisionError("over a stone")

    stage.renderer.AddObserver("StartEvent", stumble)
    with pytest.raises(VtkComplaintError, match="ZeroDivisionError: over a stone"), no_complaints():
        stage.render()


def test_an_object_that_survives_is_caught() -> None:
    kept = []
    with pytest.raises(VtkLeakError, match=r"1 × vtkPoints"), no_leaks():
        kept.append(vtkPoints())
    assert kept


def test_objects_in_a_circle_are_no_leak() -> None:
    with no_leaks():
        circle: list[object] = [vtkPoints()]
        circle.append(circle)
        del circle


def test_quiet_work_passes(open_stage: Callable[..., Stage]) -> None:
    with no_complaints():
        open_stage().render()

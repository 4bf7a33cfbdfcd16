"""Watches VTK while a test runs: what it complains about, and what survives.

VTK writes errors to its output window and goes on; an exception inside an observer is printed and forgotten;
an object that is still referenced after a stage was closed keeps its window and textures. None of that makes
a test fail by itself.
"""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from vtkmodules.vtkCommonCore import VTK_STRING, vtkObjectBase, vtkOutputWindow, vtkStringOutputWindow


class VtkComplaintError(AssertionError):
    """VTK reported an error or a warning, or an observer raised."""


class VtkLeakError(AssertionError):
    """Objects of VTK outlived their test."""


@contextmanager
def no_complaints() -> Iterator[list[str]]:
    """Raise VtkComplaintError at the end for every error and warning of VTK meanwhile."""
    said: list[str] = []
    before = vtkOutputWindow.GetInstance()
    window = vtkStringOutputWindow()  # says nothing on stderr

    def hear(_: object, event: str, text: str) -> None:
        said.append(f"{event}: {text.strip()}")

    hear.CallDataType = VTK_STRING  # type: ignore[attr-defined]
    tags = [window.AddObserver(event, hear) for event in ("ErrorEvent", "WarningEvent")]
    vtkOutputWindow.SetInstance(window)
    hook = sys.excepthook  # where VTK's Python layer sends what an observer raises
    sys.excepthook = lambda kind, error, _: said.append(f"in an observer: {kind.__name__}: {error}")
    try:
        yield said
    finally:
        sys.excepthook = hook
        vtkOutputWindow.SetInstance(before)
        for tag in tags:
            window.RemoveObserver(tag)
    if said:
        raise VtkComplaintError("\n".join(said))


@contextmanager
def no_leaks(*, forgiven: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Raise VtkLeakError at the end where Python still holds VTK objects that were made meanwhile.

    What was there before is frozen: the collector neither visits nor lists it: this costs milliseconds.
    ``forgiven`` is asked at the end.
    """
    gc.freeze()
    try:
        yield
        gc.collect()
        # By its type: PyVista has weak proxies, which raise when they are asked for their class.
        kept = [x for x in gc.get_objects() if issubclass(type(x), vtkObjectBase)]
        left = Counter(x.GetClassName() for x in kept)
        kept.clear()
    finally:
        gc.unfreeze()
    if left and not forgiven():
        raise VtkLeakError(", ".join(f"{count} × {name}" for name, count in sorted(left.items())))

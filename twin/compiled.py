"""numba's decorators, typed, so that mypy keeps checking what they decorate.

Nothing here may use ``fastmath`` or a parallel reduction: the sample has to be equal on every run whatever
the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., object])


def serial(function: F) -> F:
    """Compile a function that runs in one thread."""
    return cast(F, njit(cache=True, nogil=True)(function))


def parallel(function: F) -> F:
    """Compile a function with parallel ``prange`` loops.

    They write every cell independently of all others.
    """
    return cast(F, njit(cache=True, nogil=True, parallel=True)(function))

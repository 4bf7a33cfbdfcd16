"""Run missing steps in order, then publish one generation.

With progress.
"""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from twin.build.keys import key_of
from twin.build.step import Step
from twin.disk import MACHINES_FAULT, refusal
from twin.errors import Reason, TwinError, programs_fault
from twin.notes import read_notes
from twin.store import Fault, Generation, Store, StoreError

logger = logging.getLogger(__name__)


class Progress(Protocol):
    """Watcher of a build."""

    def __call__(self, step: Step, *, done: float, seconds_left: float) -> None:
        """``done`` is the part of the whole build, 0 to 1."""


class Placer(Protocol):
    """Begins late steps on other machines, several at once."""

    def __call__(
        self, step: Step, *, keys: Mapping[str, str], products: Mapping[str, str]
    ) -> Callable[[Path], None]:
        """Begin a step; the result waits for it and fills the empty folder of its product.

        ``keys`` are those of all steps, ``products`` the names of finished ones, by step.
        """


@dataclass(frozen=True, kw_only=True)
class BuildReport:
    """Result of a build."""

    generation: Generation
    made: tuple[str, ...]
    kept: tuple[str, ...]
    seconds: float


class StepFailedError(TwinError):
    """Required step failed; nothing was published."""

    zh = "生成数据产品时出错：{message}"


class _Clock:
    """Shares the bar out by expected seconds and corrects the expectation as steps end."""

    def __init__(self, steps: Sequence[Step], progress: Progress | None) -> None:
        self.expected = {step.name: step.seconds for step in steps}
        self.total = sum(self.expected.values()) or 1.0
        self.finished = 0.0
        self.progress = progress
        self.start = time.monotonic()

    def update(self, step: Step, part: float) -> None:
        if self.progress is None:
            return
        work = self.finished + self.expected[step.name] * min(max(part, 0.0), 1.0)
        spent = time.monotonic() - self.start
        # Before much is done the guesses are all there is; after it, the measured pace is better.
        pace = spent / work if work > 0.15 * self.total else max(1.0, spent / max(work, 1e-9) * 0.15)
        self.progress(step, done=work / self.total, seconds_left=(self.total - work) * pace)

    def end(self, step: Step) -> None:
        self.update(step, 1.0)
        self.finished += self.expected[step.name]


def _keys(store: Store, steps: Sequence[Step]) -> dict[str, str]:
    """Keys of all steps, in order; a step whose source is missing, and what needs it, has none."""
    keys: dict[str, str] = {}
    for step in steps:
        if not all(name in keys for name in step.needs):
            continue
        try:
            keys[step.name] = key_of(step, store, keys)
        except OSError as error:
            if error.errno in MACHINES_FAULT - {errno.EACCES, errno.EPERM}:
                raise refusal(error) from error
            if step.required:
                raise StepFailedError(
                    f"{error.filename}: {error.strerror or error}; needed for {step.name}", step=step.name
                ) from error
    return keys


def outdated(store: Store, steps: Sequence[Step]) -> list[str]:
    """Return names of steps that a build would run.

    Empty when the current generation is up to date. Costs a few hashes and no heavy import, so a server asks
    it at every start.
    """
    current = store.current()
    if current is None:
        return [step.name for step in steps]
    keys = _keys(store, steps)
    tried = {(fault.step, fault.key) for fault in current.faults}

    def stands(step: Step) -> bool:
        key = keys.get(step.name, "")
        product = store.product(step.name, key) if key else None
        return current.products.get(step.name) == product if product else (step.name, key) in tried

    return [step.name for step in steps if not stands(step)]


def run(
    store: Store,
    steps: Sequence[Step],
    *,
    catalog: str,
    faults: Sequence[Fault] = (),
    progress: Progress | None = None,
    published: Callable[[Generation], None] = lambda generation: None,
    placer: Placer | None = None,
) -> BuildReport:
    """Make what is missing and publish the generation.

    Before every late step one with what is done by then. A step of an entry that fails (TwinError) is left
    out with its reason; a required one raises. With a ``placer`` late steps that wait for no other late one
    are made elsewhere, all at once; the products are the same. Errors: StoreError (disk full, not writable,
    busy), StepFailedError, or what a required step itself raises.
    """
    start = time.monotonic()
    with store.writing():
        build = _Build(store, steps, progress)
        for step in steps:
            if step.late and step.name not in build.kept:
                published(build.publish(catalog, faults))
                build.place(steps, placer)
            build.take(step)
        generation = build.publish(catalog, faults)
        published(generation)
    return BuildReport(
        generation=generation,
        made=tuple(build.made),
        kept=tuple(build.kept),
        seconds=time.monotonic() - start,
    )


class _Build:
    """The state of one run: what stands, what failed and why."""

    def __init__(self, store: Store, steps: Sequence[Step], progress: Progress | None) -> None:
        self.store = store
        self.keys = _keys(store, steps)
        self.kept = {name: kept for name, key in self.keys.items() if (kept := store.product(name, key))}
        self.clock = _Clock([step for step in steps if step.name not in self.kept], progress)
        self.products: dict[str, str] = {}
        self.made: list[str] = []
        self.faults: list[Fault] = []
        self.placed: dict[str, Callable[[Path], None]] = {}

    def place(self, steps: Sequence[Step], placer: Placer | None) -> None:
        """Begin missing late steps elsewhere, once all that they need is there."""
        if placer is None or self.placed:
            return
        there = self.kept | self.products
        for step in steps:
            if (
                step.late
                and step.name in self.keys
                and step.name not in there
                and there.keys() >= {*step.needs}
            ):
                self.placed[step.name] = placer(step, keys=self.keys, products=there)

    def publish(self, catalog: str, faults: Sequence[Fault]) -> Generation:
        """What stands so far, as a generation."""
        kept = {step: self.kept[step] for step in self.kept if step not in self.products}
        products = self.products | kept
        left_out = [fault for step, product in products.items() for fault in self._left_out_of(step, product)]
        return self.store.publish(
            catalog=catalog, products=products, faults=(*faults, *self.faults, *left_out)
        )

    def _left_out_of(self, step: str, product: str) -> list[Fault]:
        """Entries that a product of several was made without."""
        notes = read_notes(self.store.folder / "products" / product)
        return [
            Fault(entry=entry, reason=told.left_out, zh=told.zh, kind=told.kind, step=step)
            for entry, told in notes.items()
            if told.left_out
        ]

    def take(self, step: Step) -> None:
        """Keep the step's product, make it, or note why it cannot be made."""
        if step.name in self.kept:
            self.products[step.name] = self.kept[step.name]
            return
        self.clock.update(step, 0.0)
        try:
            self._make(step)
        except StoreError:  # the disk's fault, not the entry's: tried again by the next build
            raise
        except TwinError as error:
            if step.required:
                raise
            again = bool(getattr(error, "again", False))
            self._leave_out(step, Reason.of(error), kind=type(error).__name__, again=again)
        except Exception as error:
            if isinstance(error, OSError) and error.errno in MACHINES_FAULT:
                raise refusal(error) from error
            if step.required:
                raise
            logger.exception("the step %s met a fault of the program", step.name)
            self._leave_out(
                step,
                Reason(programs_fault(error)),
                again=isinstance(error, BrokenExecutor),  # a worker was killed, perhaps for want of memory
            )
        self.clock.end(step)

    def _leave_out(self, step: Step, reason: Reason, *, kind: str = "", again: bool = False) -> None:
        """Go on without the step; its entry becomes a greyed layer that says why.

        With ``again`` it was the machine's fault, as it was then: the next start tries it anew.
        """
        key = "" if again else self.keys.get(step.name, "")
        self.faults.append(
            Fault(
                entry=step.entry or step.name,
                reason=reason.message,
                zh=reason.zh,
                kind=kind,
                step=step.name,
                key=key,
            )
        )

    def _make(self, step: Step) -> None:
        inherited = next((fault.reason for fault in self.faults if fault.step in step.needs), None)
        if inherited is not None:
            raise StepFailedError(inherited, step=step.name)
        if step.name not in self.keys:
            gone = [str(source) for source in step.sources if not source.is_file()]
            raise StepFailedError(
                f"{', '.join(gone or map(str, step.sources))}: no such file", step=step.name
            )
        needed = {name: self.store.folder / "products" / self.products[name] for name in step.needs}

        def fill(folder: Path) -> None:
            if step.name in self.placed:
                self.placed[step.name](folder)
            else:
                step.make(folder, needed, lambda part: self.clock.update(step, part))

        self.products[step.name] = self.store.make(step.name, self.keys[step.name], fill)
        self.made.append(step.name)

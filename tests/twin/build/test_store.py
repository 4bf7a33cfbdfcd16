"""The store keeps whole products, moves its pointer atomically, and says why it cannot write."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.steps import writing
from twin.build import Step, outdated, run
from twin.build.run import StepFailedError
from twin.errors import TwinError
from twin.store import NotBuiltError, Store, StoreBusyError, StoreError


def test_a_second_build_makes_nothing_and_keeps_the_generation(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    steps = [writing("a", "one"), writing("b", "two", needs=("a",))]
    assert outdated(store, steps) == ["a", "b"]
    first = run(store, steps, catalog="c")
    assert first.made == ("a", "b")
    assert outdated(store, steps) == []
    second = run(store, steps, catalog="c")
    assert second.made == ()
    assert second.generation == first.generation
    assert (second.generation.path("b") / "it.txt").read_text() == "two"


def test_a_basin_can_be_opened_before_its_late_steps_are_made(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    steps = [writing("a", "1"), writing("b", "2", late=True), writing("c", "3", late=True)]
    seen: list[set[str]] = []
    run(store, steps, catalog="c", published=lambda generation: seen.append(set(generation.products)))
    assert seen == [{"a"}, {"a", "b"}, {"a", "b", "c"}]
    current = store.current()
    assert current is not None and set(current.products) == {"a", "b", "c"}


def test_what_stands_of_the_late_steps_is_in_the_first_generation_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    run(store, [writing("a", "1"), writing("b", "2", late=True)], catalog="c")
    steps = [writing("a", "1"), writing("new", "9", late=True), writing("b", "2", late=True)]
    seen: list[set[str]] = []
    run(store, steps, catalog="c", published=lambda generation: seen.append(set(generation.products)))
    assert seen == [{"a", "b"}, {"a", "b", "new"}]


def test_a_changed_setting_rebuilds_the_step_and_what_needs_it_only(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    run(store, [writing("a", "1"), writing("b", "2", needs=("a",)), writing("c", "3")], catalog="c")
    changed = [writing("a", "new"), writing("b", "2", needs=("a",)), writing("c", "3")]
    assert outdated(store, changed) == ["a", "b"]
    assert run(store, changed, catalog="c").made == ("a", "b")


def test_a_changed_source_is_noticed_by_its_content(tmp_path: Path) -> None:
    source = tmp_path / "source.txt"
    source.write_text("1")
    store = Store(tmp_path / "store")
    steps = [writing("a", "x", sources=(source,))]
    run(store, steps, catalog="c")
    source.write_text("22")
    assert outdated(store, steps) == ["a"]


def test_an_old_generation_stays_open_after_a_new_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    old = run(store, [writing("a", "old")], catalog="c").generation
    new = run(store, [writing("a", "new")], catalog="c").generation
    assert store.current() == new
    assert (store.generation(old.id).path("a") / "it.txt").read_text() == "old"


def test_a_broken_entry_is_a_fault_with_its_reason_and_is_not_tried_again(tmp_path: Path) -> None:
    def refuse(folder: Path, _needs: object, progress: object) -> None:
        raise TwinError("villages.gpkg: is empty")

    store = Store(tmp_path / "store")
    bad = Step(name="v", title=("v", "v"), make=refuse, entry="villages", required=False)
    leaning = writing("w", "x", needs=("v",), entry="villages", required=False)
    steps = [writing("a", "1"), bad, leaning]
    generation = run(store, steps, catalog="c").generation
    assert {fault.step: fault.reason for fault in generation.faults} == dict.fromkeys(
        ("v", "w"), "villages.gpkg: is empty"
    )
    assert generation.has("a") and not generation.has("v")
    assert outdated(store, steps) == []


def test_an_entry_whose_file_appears_later_is_tried_again(tmp_path: Path) -> None:
    source = tmp_path / "late.txt"
    store = Store(tmp_path / "store")
    steps = [writing("a", "1"), writing("v", "2", sources=(source,), entry="v", required=False)]
    assert "no such file" in run(store, steps, catalog="c").generation.faults[0].reason
    assert outdated(store, steps) == []
    source.write_text("now")
    assert outdated(store, steps) == ["v"]
    assert run(store, steps, catalog="c").generation.faults == ()


def test_a_required_step_without_its_source_publishes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with pytest.raises(StepFailedError, match=r"no-such\.tif"):
        run(store, [writing("a", "1", sources=(tmp_path / "no-such.tif",))], catalog="c")
    assert store.current() is None


def test_a_failing_required_step_leaves_the_last_generation_in_place(tmp_path: Path) -> None:
    def fail(folder: Path, _needs: object, progress: object) -> None:
        (folder / "half").write_text("half")
        raise TwinError("no")

    store = Store(tmp_path / "store")
    good = run(store, [writing("a", "1")], catalog="c").generation
    with pytest.raises(TwinError):
        run(store, [Step(name="a", title=("a", "a"), make=fail, settings={"v": 2})], catalog="c")
    assert store.current() == good
    assert not list((store.folder / "products").glob("partial-*"))


def test_two_builds_do_not_write_one_store(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with store.writing(), pytest.raises(StoreBusyError, match="another build"):
        run(Store(tmp_path / "store"), [writing("a", "1")], catalog="c")


@pytest.mark.parametrize("unknown", ["nothere", "../../etc/passwd", ""])
def test_an_unknown_generation_is_one_clear_line(tmp_path: Path, unknown: str) -> None:
    with pytest.raises(NotBuiltError, match="twin build"):
        Store(tmp_path).generation(unknown)


def test_a_store_that_is_a_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("I am a file")
    with pytest.raises(StoreError, match="--store"):
        run(Store(tmp_path / "store"), [writing("a", "1")], catalog="c")


def test_progress_rises_to_one(tmp_path: Path) -> None:
    def slow(folder: Path, _needs: object, progress: object) -> None:
        progress(0.5)  # type: ignore[operator]

    seen: list[float] = []
    run(
        Store(tmp_path / "store"),
        [Step(name="a", title=("a", "a"), make=slow, seconds=3), writing("b", "1")],
        catalog="c",
        progress=lambda step, *, done, seconds_left: seen.append(done),
    )
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)


def test_a_killed_build_leaves_nothing_half_and_the_next_one_ends(project: Path, tmp_path: Path) -> None:
    def python(*args: str) -> int:
        script = "from tests.twin.build.killed import main; main()"
        return subprocess.run([sys.executable, "-c", script, *args], cwd=project, check=False).returncode

    folder = tmp_path / "store"
    assert python(str(folder), "die") == -signal.SIGKILL
    assert Store(folder).current() is None
    assert python(str(folder), "live") == 0
    current = Store(folder).current()
    assert current is not None
    assert (current.path("a") / "whole.txt").read_text() == "whole"
    assert [p.name for p in (folder / "products").iterdir()] == [current.products["a"]]


def test_a_full_disk_is_one_line_and_the_last_generation_stays(tiny_disk: Path) -> None:
    def fill(folder: Path, _needs: object, progress: object) -> None:
        try:
            (folder / "big").write_bytes(b"x" * 4_000_000)
        except OSError as error:
            raise RuntimeError("TIFFAppendToStrip: write error") from error  # as GDAL puts it

    store = Store(tiny_disk / "store")
    good = run(store, [writing("a", "1")], catalog="c").generation
    with pytest.raises(StoreError, match="disk is full"):
        run(store, [Step(name="big", title=("", ""), make=fill)], catalog="c")
    assert store.current() == good
    assert run(store, [writing("a", "1"), writing("b", "2")], catalog="c").made == ("b",)


def test_a_full_disk_is_no_fault_of_the_entry_that_met_it(tiny_disk: Path) -> None:
    def fill(folder: Path, _needs: object, progress: object) -> None:
        (folder / "big").write_bytes(b"x" * 4_000_000)

    store = Store(tiny_disk / "store")
    big = Step(name="big", title=("", ""), make=fill, entry="village", required=False, late=True)
    with pytest.raises(StoreError, match="disk is full"):
        run(store, [writing("a", "1"), big], catalog="c")
    current = store.current()
    assert current is not None and current.faults == ()
    assert outdated(store, [writing("a", "1"), big]) == ["big"]


@pytest.mark.parametrize("again", [True, False])
def test_what_the_machine_did_is_tried_again_by_the_next_start_and_what_is_in_a_file_is_not(
    tmp_path: Path, again: bool
) -> None:
    def lose(folder: Path, _needs: object, progress: object) -> None:
        raise TwinError("villages.gpkg: the reading process ended by itself", again=again)

    store = Store(tmp_path / "store")
    steps = [writing("a", "1"), Step(name="v", title=("v", "v"), make=lose, entry="v", required=False)]
    assert [fault.entry for fault in run(store, steps, catalog="c").generation.faults] == ["v"]
    assert outdated(store, steps) == (["v"] if again else [])


def test_a_bug_met_by_one_entry_is_its_fault_and_the_rest_is_built(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def trip(folder: Path, _needs: object, progress: object) -> None:
        raise ZeroDivisionError("division by zero")

    broken = Step(name="broken", title=("", ""), make=trip, entry="village", required=False)
    made = run(Store(tmp_path / "store"), [broken, writing("b", "2")], catalog="c")
    assert made.made == ("b",)
    (fault,) = made.generation.faults
    assert fault.entry == "village"
    assert "fault of the program" in fault.reason and "ZeroDivisionError" in fault.reason
    assert "test_store.py" in caplog.text  # the traceback is for who mends it


def test_pruning_keeps_the_newest_generations_and_what_they_share(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    shared = writing("shared", "1")
    built = [run(store, [shared, writing("a", text)], catalog="c").generation for text in "1234"]
    run(store, [shared, writing("a", "1")], catalog="c")  # the oldest is the one to open again
    gone = store.prune(keep=2)
    assert len(gone.generations) == 2
    assert gone.products == 2
    assert gone.nbytes == 2
    assert store.current() == built[0]
    assert {folder.name for folder in (store.folder / "products").iterdir()} == {
        *store.generation(built[0].id).products.values(),
        *(store.generation(left.id).products["a"] for left in built[1:] if left.id not in gone.generations),
    }
    for id_ in gone.generations:
        with pytest.raises(NotBuiltError):
            store.generation(id_)
    assert outdated(store, [shared, writing("a", "1")]) == []
    assert store.prune(keep=2).products == 0
    assert store.prune(keep=1).products == 1


@pytest.mark.parametrize("manifest", ["{", "[]", '{"id": "damaged"}', '{"products": 3, "created": 5}'])
def test_a_damaged_generation_is_pruned_and_hinders_nobody(tmp_path: Path, manifest: str) -> None:
    store = Store(tmp_path / "store")
    built = run(store, [writing("a", "1")], catalog="c").generation
    (store.folder / "generations" / "damaged.json").write_text(manifest)
    gone = store.prune(keep=3)
    assert gone.generations == ("damaged",)
    assert gone.products == 0
    assert store.current() == built


def test_there_is_nothing_to_prune_before_a_build_nor_during_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with pytest.raises(NotBuiltError, match="twin build"):
        store.prune(keep=1)
    run(store, [writing("a", "1")], catalog="c")
    with store.writing(), pytest.raises(StoreBusyError):
        store.prune(keep=1)

"""Load threads: order, replaced queues, limits, and an orderly end."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from meshes.stream.loader import Loader
from twin.errors import Reason


class Work:
    """Work that waits for a gate, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.begun = threading.Semaphore(0)
        self.names: list[str] = []

    def __call__(self, name: str) -> str:
        self.names.append(name)
        self.begun.release()
        assert self.gate.wait(10)
        if name == "bad":
            raise ValueError
        return name.upper()


@pytest.fixture
def work() -> Iterator[Work]:
    work = Work()
    yield work
    work.gate.set()


def loads_of(work: Work, *, threads: int = 1, max_in_flight: int = 10) -> Loader[str]:
    return Loader(work, threads=threads, max_in_flight=max_in_flight, on_news=lambda: None)


def test_requests_run_in_their_order_and_results_wait_to_be_taken(work: Work):
    loads = loads_of(work)
    work.gate.set()
    loads.ask([(3, "c"), (1, "a"), (2, "bad")])
    assert loads.wait(10)
    assert work.names == ["c", "a", "bad"]
    assert sorted(loads.done()) == [1, 3]
    assert loads.failures() == {2: Reason("ValueError")}
    assert loads.failures() == {}
    assert not loads.idle
    assert (loads.peek(3), loads.take(3), loads.take(1)) == ("C", "C", "A")
    assert loads.idle
    loads.close()


def test_a_new_queue_takes_the_place_of_the_old_one(work: Work):
    loads = loads_of(work)
    loads.ask([(1, "a"), (2, "b")])
    assert work.begun.acquire(timeout=10)
    loads.ask([(1, "a"), (3, "c")])
    work.gate.set()
    assert loads.wait(10)
    assert work.names == ["a", "c"], "what runs is not asked for again"
    loads.close()


def test_no_more_than_the_limit_are_running_or_done(work: Work):
    loads = loads_of(work, threads=2, max_in_flight=3)
    work.gate.set()
    loads.ask([(number, str(number)) for number in range(6)])
    assert loads.wait(10)
    assert sorted(loads.done()) == [0, 1, 2]
    loads.take(1)
    assert loads.wait(10)
    assert sorted(loads.done()) == [0, 2, 3]
    loads.close()


def test_closing_waits_for_what_runs_and_keeps_nothing(work: Work):
    loads = loads_of(work)
    loads.ask([(1, "a")])
    assert work.begun.acquire(timeout=10)
    opener = threading.Thread(target=work.gate.set)
    opener.start()
    loads.close()
    opener.join()
    assert work.gate.is_set()
    assert loads.idle
    loads.ask([(2, "b")])
    assert work.names == ["a"], "no thread is left to load it"

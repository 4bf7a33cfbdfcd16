"""A view is told when the store has moved on, and where to."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

import pytest

from apps.hub.generations import notice, offer
from apps.rooms import desk
from apps.session.controller import Controller
from apps.session.session import Session
from tests.steps import writing
from twin.basin import Basin
from twin.build import run
from twin.store import Generation, Store

ZONE = ZoneInfo("Asia/Shanghai")


def made(store: Store, text: str) -> Generation:
    """A generation whose one product depends on a text."""
    return run(store, [writing("a", text)], catalog="c").generation


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_what_is_open_and_current_is_no_news(store: Store) -> None:
    opened = made(store, "1")
    assert offer(store, opened).kind == ""
    assert notice(offer(store, opened), store, ZONE, "zh").text == ""


def test_a_newer_generation_is_offered_unless_the_view_follows_it_itself(store: Store) -> None:
    opened, newer = made(store, "1"), made(store, "2")
    found = offer(store, opened)
    assert (found.kind, found.current) == ("newer", newer)
    assert offer(store, opened, own={newer.id}).kind == ""
    for language, words in (("zh", "新数据版本"), ("en", "Newer data")):
        said = notice(found, store, ZONE, language)  # type: ignore[arg-type]
        assert words in said.text and opened.id in said.text
        assert said.action


def test_a_generation_that_was_pruned_is_told_even_where_its_build_is_followed(store: Store) -> None:
    opened, newer = made(store, "1"), made(store, "2")
    store.prune(keep=1)
    found = offer(store, opened, own={newer.id})
    assert (found.kind, found.current) == ("pruned", newer)
    assert notice(found, store, ZONE, "zh").action


@pytest.mark.parametrize("what", ["", "current", "generations", "products"])
def test_a_store_without_anything_to_open_is_told_and_leads_nowhere(store: Store, what: str) -> None:
    opened = made(store, "1")
    path = store.folder / what
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    found = offer(store, opened)
    assert (found.kind, found.current) == ("gone", None)
    said = notice(found, store, ZONE, "en")
    assert store.folder.name in said.text and str(store.folder) not in said.text and not said.action


def test_what_comes_back_is_no_news_any_more(store: Store) -> None:
    opened = made(store, "1")
    hidden = store.folder.with_name("elsewhere")
    kinds = [offer(store, opened).kind]
    store.folder.rename(hidden)
    kinds.append(offer(store, opened).kind)
    hidden.rename(store.folder)
    kinds.append(offer(store, opened).kind)
    assert kinds == ["", "gone", ""]


async def test_a_board_whose_page_another_has_taken_over_publishes_nothing(small_basin: Path) -> None:
    """A number of the generation before, a moment after the change, would be a wrong one."""
    told: list[str] = []
    board = Controller(
        Session(Basin.open(small_basin)),
        mock.MagicMock(),
        lambda **views: told.extend(views),
        parts=desk.PARTS,
    )
    board.publish_moment()
    assert told
    board.publish_moment_soon()
    board.close()
    told.clear()
    board.publish_moment_soon()
    board.refresh_card()
    await asyncio.sleep(0)
    board.publish_moment()
    assert told == []

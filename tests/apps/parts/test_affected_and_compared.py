"""The desk's lists of what a level affects, and two levels beside each other. No browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from apps.parts.affected.affected_panel import PART, AffectedActions
from apps.parts.affected.affected_views import affected_now, affected_view, span
from apps.parts.affected.compare_panel import CompareActions
from apps.parts.affected.compare_views import compare_view
from apps.session.session import Session
from tests.affected_basin import VILLAGES, write_affected_basin
from tests.shared_store import SharedStore
from twin.analysis.affected import Count
from twin.basin import Basin
from twin.bilingual import Language
from twin.scene import Scene


@pytest.fixture(scope="module")
def basin(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Basin:
    return Basin.open(shared_store.build(write_affected_basin(tmp_path_factory.mktemp("affected"))))


class Page:
    """What actions ask of a controller; keeps what is published."""

    def __init__(self, basin: Basin) -> None:
        self.session = Session(basin)
        self.panel = ""
        self.language: Language = "zh"
        self.on_moment: list[Callable[[], None]] = []
        self.on_panel: list[Callable[[], None]] = []
        self.published: list[str] = []
        self.flown: list[Any] = []
        self.area = self
        self.aspect = 1.0

    def publish_part(self, part: str) -> None:
        self.published.append(part)

    def publish(self, **views: Any) -> None:
        self.published += views

    def do(self, action: Callable[[Scene], Scene], *, moving: bool = True) -> None:
        self.session.do(action)

    def fly_to(self, camera: Any) -> None:
        self.flown.append(camera)


@pytest.fixture
def page(basin: Basin) -> Page:
    return Page(basin)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_list_says_the_levels_own_sums(page: Page, language: Language) -> None:
    session = page.session
    for level_m in (150.0, 155.0, 160.0):
        session.show_what_if("level", level_m)
        view, total = affected_view(session, language), affected_now(session).total
        said = {row.id: row for row in view.sums}
        assert said["households"].certain == str(total.households.certain)
        assert said["households"].most == str(total.households.at_most)
        assert sum(row.state != "dry" for row in view.rows) == total.villages.at_most
        assert f"{level_m:.2f}" in view.level
        assert len(view.rows) == VILLAGES


def test_what_nobody_counted_is_said_beside_the_sums(page: Page) -> None:
    page.session.show_what_if("level", 160.0)
    assert any("不是 0" in note for note in affected_view(page.session, "zh").notes)
    assert any("unknown" in note for note in affected_view(page.session, "en").notes)


def test_the_next_village_is_the_lowest_that_is_dry(page: Page) -> None:
    page.session.show_what_if("level", 146.0)
    dry = [row for row in affected_now(page.session).dry if row.first_wet_m is not None]
    lowest = min(dry, key=lambda row: row.first_wet_m or 0.0)
    assert lowest.name["zh"] in affected_view(page.session, "zh").following


def test_the_list_follows_the_moment_only_while_it_is_open(page: Page) -> None:
    AffectedActions(cast(Any, page))
    page.on_moment[0]()
    assert page.published == []
    assert PART.view is not None
    assert PART.view(cast(Any, page)) == {}
    page.panel = "affected"
    page.on_moment[0]()
    assert page.published == ["affected"]


def test_a_click_flies_to_the_village_and_an_unknown_one_nowhere(page: Page) -> None:
    actions = AffectedActions(cast(Any, page))
    row = affected_view(page.session, "zh").rows[0]
    actions.go_to_village(row.id)
    actions.go_to_village("no such village")
    (camera,) = page.flown
    there = next(
        r for r in (*affected_now(page.session).villages, *affected_now(page.session).dry) if r.id == row.id
    )
    assert (camera.target_east_m, camera.target_north_m) == (there.east, there.north)


def test_a_count_is_a_number_or_a_range() -> None:
    assert span(Count(certain=1204)) == "1,204"
    assert span(Count(certain=3, possible=4)) == "3–7"


# -- two levels -------------------------------------------------------------------------------------------


def test_a_comparison_is_the_scenes_and_travels_with_its_link(page: Page) -> None:
    actions = CompareActions(cast(Any, page))
    page.session.show_what_if("level", 155.0)
    actions.compare_with("normal")
    assert page.session.scene.marks.compared_m == 157.5
    actions.swipe(0.25)
    again = Scene.from_link(page.session.scene.to_link())
    assert (again.marks.compared_m, again.marks.swipe) == (157.5, 0.25)
    actions.compare_nothing()
    assert page.session.scene.marks == Scene.model_fields["marks"].default
    actions.swipe(0.5)  # of nothing
    assert page.session.scene.marks.swipe is None


def test_the_differences_are_those_of_both_levels_own_answers(page: Page) -> None:
    session, actions = page.session, CompareActions(cast(Any, page))
    session.show_what_if("level", 158.0)
    actions.compare_with("shown")
    session.show_what_if("level", 156.0)
    view = compare_view(session, "en")
    rows = {row.id: row for row in view.rows}
    assert rows["level"].cells == ["158.00", "156.00", "−2.00"]
    at = session.basin.affected.at
    before, after = (at(session.basin.water.state(level)).total.households for level in (158.0, 156.0))
    homes = rows["households"]
    assert homes.cells[:2] == [str(before.certain), str(after.certain)]
    assert homes.most[:2] == [str(before.at_most), str(after.at_most)]
    assert int(homes.cells[2].replace("−", "-")) == after.certain - before.certain
    assert view.legend[1].text.startswith("dried")
    session.show_what_if("level", 159.0)
    assert compare_view(session, "en").legend[1].text.startswith("newly wet")
    session.show_what_if("level", 158.0)
    assert len(compare_view(session, "en").legend) == 1, "nothing is newly wet between a level and itself"


def test_a_typed_level_is_compared_with_or_refused_in_words(page: Page) -> None:
    actions = CompareActions(cast(Any, page))
    assert actions.compare_typed("152.25")
    assert page.session.scene.marks.compared_m == 152.25
    page.published.clear()
    assert not actions.compare_typed("ninety")
    assert page.published == ["compare_refused"]
    assert page.session.scene.marks.compared_m == 152.25

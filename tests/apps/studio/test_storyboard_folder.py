"""Films as files: names, versions, trash; and one that is open while its file changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from apps.studio import shot_edits, storyboard_folder
from apps.studio.open_film import OpenFilm
from apps.studio.storyboard_folder import StoryboardFolder
from tests.apps.studio.films import film
from twin.errors import TwinError


@pytest.fixture
def folder(tmp_path: Path) -> StoryboardFolder:
    return StoryboardFolder(tmp_path / "storyboards")


@pytest.mark.parametrize(
    "name", ["", ".hidden", "a/b", "..", " a", "a ", "x" * 65, "a\nb", "a:b", "../etc/passwd"]
)
def test_a_name_that_leads_elsewhere_is_refused(folder: StoryboardFolder, name: str) -> None:
    for act in (folder.read, folder.delete, lambda name: folder.create(name, film("a"))):
        with pytest.raises(storyboard_folder.FilmNameError):
            act(name)
    assert not folder.folder.exists()


def test_what_is_written_is_read_renamed_copied_and_deleted_to_the_trash(folder: StoryboardFolder) -> None:
    board = film("a", "b")
    folder.create("汛期 158", board)
    assert folder.read("汛期 158")[0] == board
    with pytest.raises(storyboard_folder.FilmTakenError):
        folder.create("汛期 158", film("c"))
    copy = folder.copy("汛期 158")
    folder.rename("汛期 158", "会商")
    assert {one.name for one in folder.listed()} == {"会商", copy} and folder.read(copy)[0] == board
    with pytest.raises(storyboard_folder.FilmTakenError):
        folder.rename("会商", copy)
    folder.delete(copy)
    assert [one.name for one in folder.listed()] == ["会商"]
    assert len(list((folder.folder / ".trash").iterdir())) == 1


def test_a_file_that_somebody_else_changed_is_not_overwritten(folder: StoryboardFolder) -> None:
    version = folder.create("x", film("a"))
    folder.path("x").write_text("title: y\n", "utf-8")
    with pytest.raises(storyboard_folder.FilmChangedError):
        folder.write("x", film("b"), over=version)
    assert folder.path("x").read_text("utf-8") == "title: y\n"


@pytest.fixture
async def opened(folder: StoryboardFolder) -> OpenFilm:
    found = OpenFilm(folder)
    await found.create("x", film("a", "b", "c"))
    return found


def ids(found: OpenFilm) -> str:
    assert found.board is not None
    return "".join(shot.id for shot in found.board.shots)


def edit(found: OpenFilm, removed: str) -> None:
    assert found.board is not None
    found.do(shot_edits.removed(found.board, removed))


async def test_comments_of_the_file_outlive_an_edit(opened: OpenFilm) -> None:
    path = opened.folder.path("x")
    path.write_text("# for the briefing\n" + path.read_text("utf-8"), "utf-8")
    await opened.look()
    edit(opened, "c")
    await opened.flush()
    assert path.read_text("utf-8").startswith("# for the briefing\n") and ids(opened) == "ab"


async def test_an_edit_is_in_the_file_and_an_editors_change_is_read_again(opened: OpenFilm) -> None:
    edit(opened, "c")
    await opened.flush()
    assert opened.folder.read("x")[0] == opened.board and opened.saved == "saved"
    opened.folder.write("x", film("z"), over=None)
    await opened.look()
    assert ids(opened) == "z" and opened.reread
    opened.undo()
    assert ids(opened) == "ab"
    await opened.flush()
    assert opened.folder.read("x")[0] == opened.board


@pytest.mark.parametrize("mine", [True, False])
async def test_both_sides_of_a_conflict_are_kept(opened: OpenFilm, mine: bool) -> None:
    edit(opened, "c")
    opened.folder.write("x", film("z"), over=None)
    before = len(list((opened.folder.folder / ".trash").iterdir()))
    await opened.flush()
    assert (opened.saved, ids(opened), opened.folder.read("x")[0]) == ("changed", "ab", film("z"))
    if mine:
        opened.keep_mine()
        assert opened._saving is not None
        await opened._saving
        assert opened.folder.read("x")[0] == opened.board
        assert len(list((opened.folder.folder / ".trash").iterdir())) == before + 1
    else:
        await opened.take_theirs()
        assert ids(opened) == "z"
        opened.undo()
        assert ids(opened) == "ab"
    assert opened.saved in ("saved", "saving")
    await opened.flush()


def _broken(path: Path) -> None:
    path.write_text("title: [", "utf-8")


@pytest.mark.parametrize(("spoil", "saved"), [(_broken, "broken"), (Path.unlink, "gone")])
async def test_a_file_that_is_spoilt_leaves_what_is_open(
    opened: OpenFilm, spoil: Callable[[Path], None], saved: str
) -> None:
    spoil(opened.folder.path("x"))
    await opened.look()
    edit(opened, "a")
    await opened.flush()
    assert (opened.saved, ids(opened)) == (saved, "bc")
    opened.keep_mine()
    assert opened._saving is not None
    await opened._saving
    assert opened.saved == "saved" and opened.folder.read("x")[0] == opened.board


async def test_a_disk_that_refuses_loses_no_edit(opened: OpenFilm, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise storyboard_folder.FilmDiskError("full", folder="f", why="full")

    with monkeypatch.context() as patched:
        patched.setattr(StoryboardFolder, "_saved", refuse)
        edit(opened, "a")
        await opened.flush()
        assert opened.saved == "failed" and isinstance(opened.error, TwinError)
    edit(opened, "b")
    await opened.flush()
    assert opened.saved == "saved" and opened.folder.read("x")[0] == opened.board

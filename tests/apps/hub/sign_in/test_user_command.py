"""``twin user``: passwords from standard input, one line for whatever is wrong, a journal of all changes."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from apps.hub.sign_in.sign_ins import SignIns
from apps.hub.sign_in.users import read_users
from tests.apps.command import Result, one_line, twin

GOOD = "nine brown otters"


def user(place: Path, monkeypatch: pytest.MonkeyPatch, *args: object, stdin: str = "") -> Result:
    monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
    return twin("user", *args, "--store", place / ".twin")


def test_users_are_added_changed_listed_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*args: object, stdin: str = "") -> Result:
        return user(tmp_path, monkeypatch, *args, stdin=stdin)

    assert "no users" in run("list").stdout
    added = run("add", "wang", "--role", "administer", "--full-name", "王工", stdin=GOOD + "\n")
    assert added.returncode == 0, added.stderr
    assert run("add", "li", stdin=GOOD).returncode == 0
    known = read_users(tmp_path / "users.toml")
    assert (known["wang"].role, known["wang"].sees, known["li"].role) == ("administer", "internal", "watch")
    assert GOOD not in (tmp_path / "users.toml").read_text("utf-8")
    assert run("set", "li", "--role", "operate", "--sees", "restricted", "--disabled").returncode == 0
    listed = run("list").stdout
    assert "王工" in listed and "disabled" in listed and "argon2" not in listed
    as_json = json.loads(run("list", "--json").stdout)
    assert as_json["li"]["sees"] == "restricted" and "password" not in as_json["li"]
    before = read_users(tmp_path / "users.toml")["li"].password
    assert run("passwd", "li", stdin="eight grey badgers\n").returncode == 0
    assert read_users(tmp_path / "users.toml")["li"].password != before
    assert run("remove", "li").returncode == 0
    assert list(read_users(tmp_path / "users.toml")) == ["wang"]
    lines = [
        json.loads(line) for line in (tmp_path / ".twin" / "audit.jsonl").read_text("utf-8").splitlines()
    ]
    assert [(line["act"], line["what"], line["user"]) for line in lines] == [
        ("administered", "user added", "wang"),
        ("administered", "user added", "li"),
        ("administered", "user changed", "li"),
        ("administered", "password set", "li"),
        ("administered", "user removed", "li"),
    ]
    assert "argon2" not in (tmp_path / ".twin" / "audit.jsonl").read_text("utf-8")


def test_whatever_is_wrong_is_one_line_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*args: object, stdin: str = "") -> Result:
        return user(tmp_path, monkeypatch, *args, stdin=stdin)

    one_line(run("add", "wang"), "no password", code=2)
    one_line(run("add", "wang", stdin="short\n"), "10 to 256")
    one_line(run("add", "wang", stdin="x" * 300), "10 to 256")
    one_line(run("add", "wang2020", stdin="wang2020123\n"), "easily guessed")
    one_line(run("add", "王工", stdin=GOOD), "small Latin letters")
    one_line(run("add", "wang", "--role", "admin", stdin=GOOD), "administer", code=2)
    one_line(run("add", "wang", "--password", GOOD), "password", code=2)
    assert not (tmp_path / "users.toml").exists()
    assert run("add", "wang", stdin=GOOD).returncode == 0
    one_line(run("add", "wang", stdin=GOOD), "already")
    one_line(run("set", "wang"), "nothing to change", code=2)
    for command in (("remove", "li"), ("passwd", "li"), ("set", "li", "--role", "watch")):
        one_line(run(*command, stdin=GOOD), "no user 'li'", "wang")
    one_line(twin("user", "list", "--catalog", tmp_path / "none.yaml"), "none.yaml", "--catalog", code=2)
    (tmp_path / "users.toml").write_text("[users", "utf-8")
    one_line(run("list"), "end of document", "users.toml")
    (tmp_path / "users.toml").unlink()
    (tmp_path / "users.toml").mkdir()
    one_line(run("list"), "directory")


def test_nothing_is_changed_that_cannot_be_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".twin" / "audit.jsonl").mkdir(parents=True)
    one_line(user(tmp_path, monkeypatch, "add", "wang", stdin=GOOD), "audit.jsonl")
    assert not (tmp_path / "users.toml").exists()


def test_sign_ins_are_listed_and_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*args: object) -> Result:
        return user(tmp_path, monkeypatch, *args)

    assert "nobody is signed in" in run("sessions").stdout
    server = SignIns(tmp_path / "users.toml")
    tokens = [
        server.start(name, via="password", address="10.0.0.1") for name in ("wang", "wang", "li", "chen")
    ]
    rows = json.loads(run("sessions", "--json").stdout)
    assert sorted(row["user"] for row in rows) == ["chen", "li", "wang", "wang"]
    assert all(token not in run("sessions").stdout for token in tokens)
    li = next(row["id"] for row in rows if row["user"] == "li")
    assert "1 ended" in run("sessions", "--end", li).stdout
    assert "2 ended" in run("sessions", "--end-of", "wang").stdout
    assert [server.find(token) is not None for token in tokens] == [False, False, False, True]
    assert "1 ended" in run("sessions", "--end-all").stdout
    assert server.find(tokens[3]) is None
    server.close()

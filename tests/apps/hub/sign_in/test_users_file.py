"""A file of users is read strictly, written whole, and read anew when it changes."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

import pytest

from apps.hub.audit import AuditJournal
from apps.hub.sign_in.cookies import Cookies
from apps.hub.sign_in.sign_ins import SignIns
from apps.hub.sign_in.user_edits import add_user, change_user, remove_user
from apps.hub.sign_in.users import Users, UsersError, read_users
from tests.apps.hub.sign_in.people import CHEAP

HASH = "$argon2id$v=19$m=8,t=1,p=1$abc$def"
GOOD = f"""# who may come in
[users.wang]
role = "administer"   # the head of the office
password = "{HASH}"
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '[users.wang]\nrole = "admin"\npassword = "$argon2id$x"',
            ["users.wang.role", '"admin"', "administer"],
        ),
        ('[users.wang]\nrole = "watch"', ["users.wang.password", "missing"]),
        (f'[users.wang]\nrole = "watch"\npassword = "{HASH}"\nroel = 1', ["users.wang.roel", "role"]),
        ('[users.wang]\nrole = "watch"\npassword = "secret123"', ["users.wang.password", "twin user passwd"]),
        (f'[users.Wang]\nrole = "watch"\npassword = "{HASH}"', ["'Wang'", "small Latin letters"]),
        (f'[users."../x"]\nrole = "watch"\npassword = "{HASH}"', ["'../x'"]),
        (
            f'[users.wang]\nrole = "watch"\npassword = "{HASH}"\ndisabled = "yes"',
            ["users.wang.disabled", "true"],
        ),
        (
            f'[users.wang]\nrole = "watch"\npassword = "{HASH}"\nstay_days = 0',
            ["users.wang.stay_days", "1 or more"],
        ),
        ("[users.wang]\nrole = watch", ["line 2"]),
        ("[user.wang]\n", ["user", "did you mean"]),
        ("\ufeffx = = 1", ["line 1"]),
        ("a=" + "[" * 5000, ["users.toml"]),
        ("x" * (1 << 20) + "yy", ["1 MiB"]),
    ],
)
def test_a_bad_file_is_one_line_that_says_where(tmp_path: Path, text: str, words: list[str]) -> None:
    path = tmp_path / "users.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(UsersError) as refused:
        read_users(path)
    line = str(refused.value)
    assert line.startswith(str(path)) and "\n" not in line
    assert all(word in line for word in words), line
    assert "secret123" not in line


def test_bytes_that_are_no_text_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "users.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsersError, match="UTF-8"):
        read_users(tmp_path / "users.toml")
    with pytest.raises(UsersError, match="is a directory"):
        read_users(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_writes_belongs_to_the_servers_user(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 12346)
    add_user(tmp_path / "users.toml", "wang", password=HASH, role="watch")
    Cookies.beside(tmp_path / "users.toml")
    SignIns(tmp_path / "users.toml").close()
    AuditJournal(tmp_path / "audit.jsonl").record("wang", "administered")
    owners = {file.name: (file.stat().st_uid, file.stat().st_gid) for file in tmp_path.iterdir()}
    assert owners.keys() >= {"users.toml", "users.key", "users.sqlite", "audit.jsonl"}
    assert set(owners.values()) == {(12345, 12346)}
    assert all(file.stat().st_mode & 0o077 == 0 for file in tmp_path.iterdir())


def test_a_file_that_others_can_read_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "users.toml"
    Users(path).check()
    path.write_text(GOOD, "utf-8")
    path.chmod(0o640)
    Users(path).check()
    assert len(caplog.records) == 1 and "chmod 600" in caplog.text


def test_changes_keep_comments_and_are_for_this_system_user_only(tmp_path: Path) -> None:
    path = tmp_path / "users.toml"
    path.write_text(GOOD, "utf-8")
    path.chmod(0o644)
    add_user(path, "li", password=CHEAP.hash("x"), role="watch", sees=None, full_name="李工")
    change_user(path, "wang", role="operate", disabled=True)
    text = path.read_text("utf-8")
    assert "# who may come in" in text and "# the head of the office" in text
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["users.toml"]
    known = read_users(path)
    assert (known["wang"].role, known["wang"].disabled, known["li"].full_name) == ("operate", True, "李工")
    remove_user(path, "wang")
    assert list(read_users(path)) == ["li"]


@pytest.mark.parametrize(
    ("name", "words"), [("wang", "already"), ("Wang", "small"), ("a b", "small"), ("", "small")]
)
def test_a_name_that_is_taken_or_none_is_refused(tmp_path: Path, name: str, words: str) -> None:
    path = tmp_path / "users.toml"
    path.write_text(GOOD, "utf-8")
    with pytest.raises(UsersError, match=words):
        add_user(path, name, password=HASH, role="watch")
    with pytest.raises(UsersError, match="there is no user 'chen'"):
        change_user(path, "chen", role="watch")
    assert path.read_text("utf-8") == GOOD


def test_a_broken_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "users.toml"
    path.write_text("[users.wang", "utf-8")
    with pytest.raises(UsersError, match="end of document"):
        add_user(path, "li", password=HASH, role="watch")
    assert path.read_text("utf-8") == "[users.wang"


def test_changes_at_once_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "users.toml"
    threads = [
        threading.Thread(target=add_user, args=(path, f"u{k}"), kwargs={"password": HASH, "role": "watch"})
        for k in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_users(path)) == 12


def test_a_running_server_follows_the_file_and_keeps_what_was_good(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "users.toml"
    users = Users(path)
    assert users.get("wang") is None
    path.write_text(GOOD, "utf-8")
    assert users.get("wang") is not None
    path.write_text(GOOD.replace("administer", "admin"), "utf-8")
    with caplog.at_level(logging.ERROR):
        assert users.get("wang") is not None
        assert users.get("wang") is not None
    assert len(caplog.records) == 1 and "users.wang.role" in caplog.text
    with path.open("a") as file:  # same size as before is told by its time
        os.utime(file.fileno(), ns=(1, 1))
    path.unlink()
    assert users.get("wang") is None

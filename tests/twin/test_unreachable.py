"""What databases and brokers say when they cannot be used, in our words."""

from __future__ import annotations

import pytest

from twin.stations.store import Database
from twin.stations.store.database import DatabaseError
from twin.unreachable import why_unreachable


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        (
            'connection to server at "h" failed: FATAL: password authentication failed for user "x"',
            "login is refused",
        ),
        (
            'connection failed: connection to server at "127.0.0.1", port 9 failed: Connection refused',
            "nobody",
        ),
        ("failed to resolve host 'h': [Errno -2] Name or service not known", "no such host"),
        ('FATAL:  database "water" does not exist', "no such database"),
        ("permission denied for table st_rsvr_r", "may not read it"),
        ("[code:135] Not authorized", "login is refused"),
        ("[Errno 111] Connection refused", "nobody answers there"),
        ("canceling statement due to statement timeout", "no answer in time"),
        ("unable to open database file", "the file cannot be opened"),
        ("something nobody has met\nwith more lines", "something nobody has met"),
    ],
)
def test_what_drivers_say_is_told_in_our_words(said: str, ours: str) -> None:
    told = why_unreachable(OSError(said))
    assert ours in told and "\n" not in told


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense hunter2", "is no database's address; write it like"),
        ("postgresql://me:hunter2@h:port/x", "is no database's address; write it like"),
        ("mysql://me:hunter2@h/x", "is not spoken here; postgresql and sqlite are"),
        ("foo+bar://me:hunter2@h/x", "is not spoken here"),
        ("postgresql+psycopg://me:hunter2@127.0.0.1:9/x", "nobody answers there"),
        ("sqlite:////no/such/folder/x.db", "the file cannot be opened"),
    ],
)
def test_a_url_that_does_not_work_is_one_line_without_its_password(url: str, words: str) -> None:
    with pytest.raises(DatabaseError, match=words) as caught:
        Database(url, write=False)
    assert "hunter2" not in str(caught.value)

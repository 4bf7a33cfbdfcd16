"""A log holds one line a record, whoever wrote what stands in it, and no flood fills the disk."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from apps.child_processes import run_child
from apps.hub.refusal_counter import RefusalCounter
from apps.logs import MOST, OURS, LineFormatter, LogFile, RateLimit, configure_logging, escaped
from tests.apps.clock import Clock
from tests.apps.command import one_line, twin
from twin.disk import SystemRefusalError

EVIL = "go\n2026-01-01 ERROR forged\r\x1b[31m\x9b2J\u2028\u202e\x00"


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, put back afterwards."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield root
    for handler in list(root.handlers):
        if handler not in before:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)
    for package in OURS:
        logging.getLogger(package).setLevel(logging.NOTSET)


def documents(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def unprintable(text: str) -> list[str]:
    return [character for character in text if not character.isprintable()]


def test_what_a_browser_sends_cannot_write_a_line_of_the_log(
    root: logging.Logger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(file=tmp_path / "log")
    RefusalCounter("refused from a browser").refuse("trigger", EVIL)
    logging.getLogger("apps").warning("a station called %s sends %s", EVIL, "密云水库")
    (first, second) = documents(tmp_path / "log")
    assert (
        unprintable((capsys.readouterr().err + (tmp_path / "log").read_text("utf-8")).replace("\n", "")) == []
    )
    assert first["level"] == "WARNING" and first["logger"] == "apps.hub.refusal_counter" and first["time"]
    assert "密云水库" in (tmp_path / "log").read_text("utf-8")
    assert EVIL in second["message"] or "\\u001b[31m" in second["message"]
    assert len((tmp_path / "log").read_text("utf-8").splitlines()) == 2


def test_a_traceback_is_indented_and_its_words_are_escaped() -> None:
    try:
        raise ValueError(EVIL)
    except ValueError:
        record = logging.LogRecord("a", logging.ERROR, "", 1, "failed", None, sys.exc_info())
    text = LineFormatter().format(record)
    first, *others = text.split("\n")
    assert first == "ERROR a: failed"
    assert all(line.startswith("    ") and unprintable(line) == [] for line in others)
    assert not any("forged" in line and not line.startswith("    ") for line in others)


@pytest.mark.parametrize("text", ["密云水库 158.32 m", "Øster — “quoted” \\n", ""])
def test_ordinary_texts_stay(text: str) -> None:
    assert escaped(text) == text


def test_a_flood_of_refusals_is_counted(
    root: logging.Logger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.logs._after", lambda seconds, call: None)
    configure_logging(file=tmp_path / "log")
    for k in range(20_000):
        logging.getLogger("apps.hub").warning("refused: %s", f"key {k}")
    assert len(documents(tmp_path / "log")) == MOST
    assert (tmp_path / "log").stat().st_size < 10_000


def test_the_count_is_written_when_the_time_is_over_and_lines_come_again(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    later: list[tuple[float, Callable[[], None]]] = []
    limit = RateLimit(clock=clock, later=lambda seconds, call: later.append((seconds, call)))

    def written(text: str) -> bool:
        return limit.filter(logging.LogRecord("a", logging.WARNING, "", 1, text, ("x",), None))

    assert [written("refused: %s") for _ in range(MOST + 7)] == [True] * MOST + [False] * 7
    assert written("another: %s")
    (seconds, sum_up) = later[0]
    assert len(later) == 1 and seconds == 10.0
    clock.now += 10.0
    sum_up()
    assert "a: 7 more within 10 s like 'refused: %s'" in caplog.text
    assert written("refused: %s")


def test_only_our_own_packages_tell_what_is_no_trouble(root: logging.Logger, tmp_path: Path) -> None:
    configure_logging(file=tmp_path / "log")
    for name in ("apps.hub", "trame_server.state"):
        logging.getLogger(name).info("information")
        logging.getLogger(name).warning("trouble")
    told = [(line["logger"], line["level"]) for line in documents(tmp_path / "log")]
    assert told == [("apps.hub", "INFO"), ("apps.hub", "WARNING"), ("trame_server.state", "WARNING")]
    assert documents(tmp_path / "log")[0].keys() == {"time", "level", "logger", "message"}


def test_a_full_file_is_renamed_and_old_ones_are_removed(root: logging.Logger, tmp_path: Path) -> None:
    configure_logging(file=tmp_path / "log", size_mb=0.001, count=2)
    for k in range(60):
        logging.getLogger(f"logger{k}").warning("line")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["log", "log.1", "log.2"]
    assert all(
        path.stat().st_size <= 1000 and path.stat().st_mode & 0o777 == 0o600 for path in tmp_path.iterdir()
    )
    assert documents(tmp_path / "log")[-1]["logger"] == "logger59"


def test_a_full_disk_is_told_once(tiny_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tiny_disk / "filler").write_bytes(b"x" * 900_000)

    def log(text: object) -> None:
        file.handle(logging.LogRecord("a", logging.ERROR, "", 1, "line %s", (text,), None))

    with closing(LogFile(tiny_disk / "log", size_mb=100, count=1)) as file:
        for k in range(9000):
            log(k)
        (tiny_disk / "filler").unlink()
        log("again")
        lines = (tiny_disk / "log").read_text("utf-8").splitlines()
        assert json.loads(lines[-1])["message"] == "line again"
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("twin: the log ") and "the disk is full" in line


def test_configured_again_it_writes_each_record_once(
    root: logging.Logger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "other"):
        configure_logging(file=tmp_path / name)
    logging.getLogger("apps").warning("once")
    assert capsys.readouterr().err == "WARNING apps: once\n"
    assert (tmp_path / "one").read_text() == "" and len(documents(tmp_path / "other")) == 1


def test_a_commands_error_writes_no_control_character() -> None:
    result = twin("water", f"no{chr(27)}[31m/such\x9bfile.yaml", "--leaks")
    assert result.returncode == 1 and unprintable(result.stderr.strip()) == []
    assert "\\u001b[31m" in result.stderr


def test_a_log_that_cannot_be_opened_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SystemRefusalError, match="no such file or directory"):
        configure_logging(file=tmp_path / "none" / "log")
    one_line(twin("serve", "--port", 0, "--log", tmp_path / "none" / "log"), "no such file")


async def test_lines_of_a_child_keep_their_levels(caplog: pytest.LogCaptureFixture) -> None:
    lines = "INFO twin.live: a|plain|ERROR x.y: b|    in a traceback|Traceback (most|WARNING forged"
    script = f"import sys; print({lines!r}.replace('|', chr(10)), file=sys.stderr)"
    with caplog.at_level(logging.INFO):
        await run_child([sys.executable, "-c", script], name="child", on_ready=lambda: None)
    told = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert told == [
        ("INFO", "child: twin.live: a"),
        ("INFO", "child: plain"),
        ("ERROR", "child: x.y: b"),
        ("ERROR", "child:     in a traceback"),
        ("ERROR", "child: Traceback (most"),
        ("ERROR", "child: WARNING forged"),
    ]
    assert not asyncio.all_tasks() - {asyncio.current_task()}

"""What a person reads about a mistake is in our words: no library's, no secret, the right key and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshes.build.catalog_check import check
from tests.small import write_small_basin
from twin.catalog.problems import Problem

SITE = "version: 1\n"
FEED = "feeds:\n  - id: f\n    title: {zh: 甲, en: a}\n    stations: stations\n"
MAP = "    map: {station: s, property: p, value: v, time: t}\n"
HTTP = FEED + "    driver: http\n    url: https://h/x\n"
MQTT = FEED + "    driver: mqtt\n    host: h\n"
LIBRARIES = (
    "input should",
    "input tag",
    "discriminator",
    "string should",
    "list should",
    "valid dictionary",
    "unable to",
    "value error",
    "codec",
    "Errno",
    "Traceback",
    "pydantic",
)


def problems(folder: Path, site: str) -> list[Problem]:
    path = write_small_basin(folder)
    (folder / "small_site.yaml").write_text(site, "utf-8")
    return list(check(path).problems)


@pytest.mark.parametrize(
    ("site", "key", "words", "hint"),
    [
        (
            FEED + "    driver: htp\n    url: https://h/x\n" + MAP,
            "feeds[0].driver",
            'cannot be "htp"',
            "'http'",
        ),
        (FEED + "    driver: 5\n", "feeds[0].driver", 'cannot be "5"', "known here: forecast, http"),
        (FEED + "    url: https://h/x\n" + MAP, "feeds[0].driver", "is missing", "forecast, http"),
        (HTTP.replace("url:", "ulr:") + MAP, "feeds[0].ulr", "is not a key here", "'url'"),
        (
            HTTP + "    map: {station: s, property: p, valu: v, time: t}\n",
            "feeds[0].map.valu",
            "key",
            "'value'",
        ),
        (HTTP + "    map: 5\n", "feeds[0].map", "must be a group of keys", ""),
        (HTTP + "    every_s: 0\n" + MAP, "feeds[0].every_s", "must be greater than 0; this is 0", ""),
        (HTTP + "    charset: gbkk\n" + MAP, "feeds[0].charset", 'cannot be "gbkk"', "gb18030"),
        (MQTT + "    client_id: a\n    topics: []\n" + MAP, "feeds[0].topics", "is empty", ""),
        (MQTT + "    client_id: a b\n    topics: [a]\n" + MAP, "feeds[0].client_id", "Latin letters", ""),
        (
            MQTT + "    client_id: a\n    topics: [a]\n    port: 70000\n" + MAP,
            "feeds[0].port",
            "65535 or less",
            "",
        ),
        (FEED + "    driver:\n", "feeds[0].driver", "is empty", "known here: forecast, http"),
        (HTTP.replace("https://h/x", "http://[::1/x") + MAP, "feeds[0].url", "is no address", ""),
        (HTTP.replace("https://h/x", "http://h:99999/x") + MAP, "feeds[0].url", "is no address", ""),
        (HTTP.replace("https://h/x", "'http://h h/x'") + MAP, "feeds[0].url", "is no address", ""),
        (MQTT + "    client_id: a\n    protocol: 5\n" + MAP, "feeds[0].protocol", "cannot be 5", "in quotes"),
        (
            "alarms: {rain: {signals: [{id: blue, rain_mm: 50, hours: 3, rank: 1}, "
            "{id: blue, rain_mm: 60, hours: 3, rank: 2}]}}\n",
            "alarms.rain.signals",
            "holds the signal 'blue' twice",
            "",
        ),
        (
            "alarms: {rivers: {levels: [{station: '3', warning_m: 30, guaranteed_m: 20}]}}\n",
            "alarms.rivers.levels[0]",
            "guaranteed_m (20) lies below warning_m (30)",
            "",
        ),
        (
            "alarms: {rivers: {levels: [{station: '3', warning_m: 3}, {station: '3', warning_m: 4}]}}\n",
            "alarms.rivers.levels",
            "holds the station '3' twice",
            "",
        ),
        ("feeds: {a: 1}\n", "feeds", "must be a list", ""),
        ("feeds: [5]\n", "feeds[0]", "must be a group of keys", ""),
        ("hydrological_day_start: '8:00'\n", "hydrological_day_start", "a time of day, like 08:00", ""),
        ("observations: {keep_days: 0}\n", "observations.keep_days", "must be 1 or more", ""),
        ("alarms: {quality: {target: VI}}\n", "alarms.quality.target", 'cannot be "VI"', "'V'"),
        (
            "alarms: {rivers: {levels: [{station: 60512E02, warning_m: 1}]}}\n",
            "alarms.rivers.levels[0].station",
            "must be text; put it in quotes",
            "",
        ),
    ],
)
def test_a_mistake_is_told_by_its_key_in_our_words(
    tmp_path: Path, site: str, key: str, words: str, hint: str
) -> None:
    found = problems(tmp_path, SITE + site)
    assert len([p for p in found if p.key == key and words in p.message and hint in p.hint]) == 1
    for problem in found:
        assert not any(library.lower() in str(problem).lower() for library in LIBRARIES), problem
        assert "\n" not in str(problem)


@pytest.mark.parametrize(
    ("site", "line", "words"),
    [
        ("\thome: a\n", 2, "tabulator"),
        ("home: a: b\n", 2, "a ':' too many"),
        ("home:a\nlevels: []\n", 3, "a key without ': '"),
        ("home： a\nlevels: []\n", 3, "a key without ': '"),
        ("levels:\n  - id: a\n   name: b\n", 4, "indented"),
        ("levels: [1, 2\n", 3, "not closed"),
        ("home: 'a\n", 3, "a quotation mark is not closed"),
        ("home: @a\n", 2, "needs quotes"),
        ('home: "a\\q"\n', 2, "use single quotes"),
        ("home: a\x07\n", 1, "control characters"),
    ],
)
def test_what_is_no_yaml_is_told_in_our_words(tmp_path: Path, site: str, line: int, words: str) -> None:
    found = [p for p in problems(tmp_path, SITE + site) if p.code == "syntax"]
    assert [p.line for p in found] == [line]
    assert words in found[0].message, found[0].message


def test_the_line_is_that_of_the_key(tmp_path: Path) -> None:
    site = SITE + FEED + "    driver: htp\n"
    (found,) = [p for p in problems(tmp_path, site) if p.key == "feeds[0].driver"]
    assert site.splitlines()[found.line - 1].strip() == "driver: htp"


@pytest.mark.parametrize(
    "site",
    [
        HTTP + "    token_env: hunter2-is-my-token\n" + MAP,
        FEED + "    driver: sl323\n    url_env: postgresql://me:hunter2@h/x\n",
        "observations: {url_env: 'postgresql://me:hunter2@h/x'}\n",
        HTTP.replace("https://h/x", "https://me:hunter2@h/x") + MAP,
        HTTP + "    password: hunter2\n" + MAP,
    ],
)
def test_a_secret_that_was_written_by_mistake_is_not_repeated(tmp_path: Path, site: str) -> None:
    found = problems(tmp_path, SITE + site)
    assert found
    assert not any("hunter2" in str(problem) for problem in found)


def test_check_warns_of_the_old_word_for_a_driver_and_refuses_nothing(tmp_path: Path) -> None:
    path = write_small_basin(tmp_path)
    site = (SITE + HTTP + MAP).replace("driver:", "way:")
    (tmp_path / "small_site.yaml").write_text(site, "utf-8")
    report = check(path)
    (old,) = [problem for problem in report.problems if problem.code == "old-word"]
    assert str(old).endswith("small_site.yaml:6: feeds[0].way: is called driver now: write driver instead")
    assert [p.message for p in report.problems if p.severity == "error"] == [
        "the catalog has no entry 'stations' of the kind stations"
    ]


def test_a_feed_for_stations_that_are_not_there_is_an_error(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, SITE + HTTP + MAP)
    assert (found.key, found.severity) == ("feeds[0].stations", "error")
    assert "no entry 'stations' of the kind stations" in found.message


def test_a_secret_that_is_not_set_is_a_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_SET_ANYWHERE", raising=False)
    site = SITE + "observations: {url_env: NOT_SET_ANYWHERE}\n"
    (found,) = problems(tmp_path, site)
    assert (found.severity, found.key) == ("warning", "observations.url_env")
    monkeypatch.setenv("NOT_SET_ANYWHERE", "sqlite://")
    assert problems(tmp_path, site) == []

"""Every example in README and docs is right: catalogs and sites load, tables are read, commands exist."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from apps.cli import cli
from apps.hub.sign_in.users import UsersDocument
from twin.catalog.drill_file import DrillFile
from twin.catalog.feeds import spec_of
from twin.catalog.head import CatalogHead
from twin.catalog.layer_kinds import entry_model
from twin.catalog.site import Site
from twin.ingest.read_tables import read_text_table
from twin.storyboard.storyboard import Storyboard

PROJECT = Path(__file__).parents[2]
MANUALS = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^( *)```([\w-]*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
NOT_OURS = ("mermaid", "text")
TRIED_ELSEWHERE = ("nginx", "ini")


@dataclass(frozen=True)
class Example:
    """A fenced block and where it stands."""

    where: str
    language: str
    text: str


def _examples() -> list[Example]:
    return [
        Example(f"{file.relative_to(PROJECT)}:{text[: found.start()].count(chr(10)) + 1}", found[2], found[3])
        for file in MANUALS
        for text in [file.read_text(encoding="utf-8")]
        for found in FENCE.finditer(text)
    ]


EXAMPLES = _examples()
of = {
    language: [pytest.param(one, id=one.where) for one in EXAMPLES if one.language in language.split()]
    for language in ("yaml", "toml", "csv", "python")
}


def test_there_is_no_block_that_nobody_tries() -> None:
    assert len(EXAMPLES) > 12
    known = {"yaml", "toml", "csv", "python", "sh", "", *NOT_OURS, *TRIED_ELSEWHERE}
    assert {one.where for one in EXAMPLES if one.language not in known} == set()


@pytest.mark.parametrize("example", of["yaml"])
def test_what_is_shown_of_a_catalog_or_a_site_is_valid(example: Example) -> None:
    told = yaml.safe_load(example.text)
    keys = set(told)
    head, site = ({f.alias or n for n, f in model.model_fields.items()} for model in (CatalogHead, Site))
    if "entries" in keys or keys <= head - site:
        whole = _head() | {key: value for key, value in told.items() if key != "entries"}
        assert CatalogHead.model_validate(whole)
        _entries(told.get("entries", {}))
    elif "shots" in keys:
        assert Storyboard.model_validate_json(json.dumps(told, default=str))
    elif "series" in keys:
        assert DrillFile.model_validate_json(json.dumps(told))
    elif keys <= site:
        feeds = [spec_of(feed["driver"]).model_validate(feed) for feed in told.get("feeds", ())]
        valid = Site.model_validate_json(json.dumps({"version": 1} | told | {"feeds": []}, default=str))
        assert valid.model_copy(update={"feeds": feeds})
    else:
        _entries(told)


def _head() -> dict[str, Any]:
    head = yaml.safe_load((PROJECT / "data_catalog.yaml").read_text(encoding="utf-8"))
    return {key: value for key, value in head.items() if key != "entries"}


def _entries(told: dict[str, Any]) -> None:
    for name, entry in told.items():
        assert entry_model(entry["kind"]).model_validate({"id": name, **entry})


@pytest.mark.parametrize("example", of["toml"])
def test_what_is_shown_of_users_is_valid(example: Example) -> None:
    assert UsersDocument.model_validate(tomllib.loads(example.text))


@pytest.mark.parametrize("example", of["csv"])
def test_a_table_is_read_without_an_odd_line(tmp_path: Path, example: Example) -> None:
    path = tmp_path / "shown.csv"
    path.write_text(example.text, encoding="utf-8")
    table, *others = read_text_table(path, encoding=None, rename={})
    assert len(table.lines) == len(example.text.strip().splitlines()) - 1
    assert not any(others)


@pytest.mark.parametrize("example", of["python"])
def test_code_is_code(example: Example) -> None:
    assert ast.parse(example.text).body


COMMANDS = [
    pytest.param(line.partition("#")[0].strip(), id=f"{one.where} {line.strip()[:40]}")
    for one in EXAMPLES
    if one.language in ("sh", "")
    for line in one.text.splitlines()
    if line.split("#")[0].strip()
]
INLINE = sorted(
    {found for file in MANUALS for found in re.findall(r"`(twin [a-z][^`\n]*)`", file.read_text("utf-8"))}
)


@pytest.mark.parametrize("line", [*COMMANDS, *INLINE])
def test_a_command_exists_with_its_options(line: str) -> None:
    words = line.replace("[", " ").replace("]", " ").split()
    if words[0] != "twin":
        program = words[1] if words[0] in ("python", "bash") else words[0]
        assert "/" not in program or (PROJECT / program).is_file(), line
        return
    context, commands = click.Context(cli), list[click.Command]([cli])
    rest = words[1:]
    while isinstance(commands[0], click.Group) and rest:
        names, *rest = rest
        found = [commands[0].get_command(context, name) for name in names.split("|")]
        commands = [command for command in found if command is not None]
        assert len(commands) == len(found), line
    params = [param for command in commands for param in command.params]
    known = {option for param in params for option in (*param.opts, *param.secondary_opts)}
    asked = {word.partition("=")[0] for word in rest if word.startswith("-") and word.strip("-")}
    assert asked <= known | {"--help", "-h"}, line

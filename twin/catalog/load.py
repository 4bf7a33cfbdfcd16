"""Load ``data_catalog.yaml`` and ``site.yaml``."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from twin.catalog.catalog import BrokenEntry, Catalog
from twin.catalog.documents import plain_problem, problem_of_fault, read_document
from twin.catalog.entries import Entry, VectorEntry
from twin.catalog.feeds import FeedSpec, read_feeds
from twin.catalog.file_checks import entry_problems, frame_problems, whole_problems
from twin.catalog.head import CatalogHead, Reservoir
from twin.catalog.layer_kinds import entry_model, entry_models
from twin.catalog.problems import CatalogError, Problem
from twin.catalog.site import Site
from twin.catalog.types import Names, Slug
from twin.catalog.validation_messages import dotted, nearest, validate
from twin.catalog.yaml_tree import Document

_SLUG: TypeAdapter[str] = TypeAdapter(Slug)


def load_catalog(path: Path | str, *, root: Path | str | None = None) -> Catalog:
    """Read a catalog that must be right.

    Raises CatalogError with every problem at once. ``root`` is the folder that relative uris start from;
    default: the catalog's own.
    """
    catalog, problems = load_catalog_leniently(path, root=root)
    errors = tuple(problem for problem in problems if problem.severity == "error")
    if errors:
        raise CatalogError(errors)
    return catalog


def load_catalog_leniently(
    path: Path | str, *, root: Path | str | None = None
) -> tuple[Catalog, tuple[Problem, ...]]:
    """Load a catalog for serving.

    A broken entry is kept aside with its reason, the rest goes on. Raises CatalogError, with every problem,
    where the head itself cannot be used.
    """
    path = Path(path)
    root = path.parent if root is None else Path(root)
    document, problems = read_document(path)
    value = document.value
    if not document.whole or not isinstance(value, dict):
        if document.whole:
            problems.append(
                plain_problem(path, 1, "", "bad-value", "must be a group of keys, from 'version:' on")
            )
        raise CatalogError(tuple(problems))

    head_value = {key: item for key, item in value.items() if key != "entries"}
    head, wrong = validate(CatalogHead, head_value, file=path, document=document)
    problems += wrong
    if head is not None and (unfit := frame_problems(head, file=path, document=document)):
        problems += unfit
        head = None
    entries, broken = _entries(value.get("entries"), path=path, root=root, head=head, document=document)
    problems += [problem for item in broken.values() for problem in item.problems]
    whole = whole_problems(entries, broken, file=path, document=document)
    for problem in whole:
        if (second := entries.pop(problem.entry or "", None)) is not None:
            broken[second.id] = BrokenEntry(
                id=second.id, kind=second.kind, title=second.title, problems=(problem,)
            )
    problems += whole
    problems = sorted(dict.fromkeys(problems), key=lambda problem: problem.line)
    if head is None:
        raise CatalogError(tuple(problems))
    site, wrong = load_site(path.parent / head.site, needed="site" in value, reservoir=head.reservoir)
    catalog = Catalog(
        path=path,
        root=root,
        head=head,
        site=site,
        entries=entries,
        broken=broken,
        lines={name: document.line_of(("entries", name)) for name in (*entries, *broken)},
    )
    return catalog, (*problems, *wrong)


def load_site(
    path: Path, *, needed: bool = False, reservoir: Reservoir | None = None
) -> tuple[Site, list[Problem]]:
    """Load the site beside a catalog.

    Its defaults where there is no such file (a problem if ``needed``). A start level outside the reservoir's
    levels is a problem and left out: another one is not taken for it.
    """
    if not path.exists() and not needed:
        return Site(), []
    document, problems = read_document(path)
    if not document.whole:
        return Site(), problems
    site, wrong = _site(document, path)
    start_m = None if site is None else site.start_level_m
    if site is not None and reservoir is not None and start_m is not None:
        low, high = reservoir.lowest_m, reservoir.highest_m
        if not low <= start_m <= high:
            words = (
                f"{start_m:.10g} m lies outside the reservoir's levels, {low:.10g} to {high:.10g} m: "
                "give one inside"
            )
            wrong = [
                *wrong,
                plain_problem(
                    path, document.line_of(("start_level_m",)), "start_level_m", "bad-value", words
                ),
            ]
            site = site.model_copy(update={"start_level_m": None})
    return site or Site(), problems + wrong


def _site(document: Document, path: Path) -> tuple[Site | None, list[Problem]]:
    """The site with its feeds, which are read each by its driver; None where anything is wrong."""
    value, feeds, problems = document.value, list[FeedSpec](), list[Problem]()
    if isinstance(value, dict) and isinstance(value.get("feeds"), list):
        feeds, problems = read_feeds(value["feeds"], file=path, document=document)
        value = {**value, "feeds": []}
    site, others = validate(Site, value, file=path, document=document)
    problems = sorted((*problems, *others), key=lambda problem: problem.line)
    if site is None or any(problem.severity == "error" for problem in problems):
        return None, problems
    return site.model_copy(update={"feeds": feeds}), problems


def _entries(
    value: object, *, path: Path, root: Path, head: CatalogHead | None, document: Document
) -> tuple[dict[str, Entry], dict[str, BrokenEntry]]:
    entries: dict[str, Entry] = {}
    broken: dict[str, BrokenEntry] = {}
    if not isinstance(value, dict):
        return entries, broken  # whole_problems says so
    for name, item in value.items():
        entry, problems = _entry(name, item, path=path, document=document)
        faults = [fault for fault in document.faults if fault.path[:2] == ("entries", name)]
        if any(fault.code == "alias" and len(fault.path) == 2 for fault in faults):
            problems = []  # nothing else can be said of an entry that is only an alias
        if entry is not None:
            problems += entry_problems(entry, head=head, file=path, root=root, document=document)
        problems = [problem_of_fault(path, fault) for fault in faults] + problems
        if entry is not None and not problems:
            entries[name] = entry
        else:
            broken[name] = BrokenEntry(
                id=name,
                kind=str(item.get("kind", "")) if isinstance(item, dict) else "",
                title=entry.title if entry else _title(name, item),
                problems=tuple(problems),
            )
    return entries, broken


def _entry(name: str, item: object, *, path: Path, document: Document) -> tuple[Entry | None, list[Problem]]:
    at = ("entries", name)
    line, key = document.line_of(at), dotted(at)
    try:
        _SLUG.validate_python(name)
    except ValidationError:
        words = "an id is a lower-case Latin letter, then up to 63 letters, digits, '-' or '_'"
        return None, [plain_problem(path, line, key, "bad-id", words)]
    if not isinstance(item, dict):
        return None, [plain_problem(path, line, key, "bad-value", "must be a group of keys, from 'kind:' on")]
    if "id" in item:
        words = "is not a key here; the entry's name is its id"
        return None, [plain_problem(path, document.line_of((*at, "id")), f"{key}.id", "unknown-key", words)]
    kind = item.get("kind")
    model = entry_model(kind) if isinstance(kind, str) else VectorEntry
    entry, problems = validate(model, {"id": name, **item}, file=path, document=document, at=at, entry=name)
    if model is VectorEntry and isinstance(kind, str) and item.get("driver") in ("raster", "table"):
        hint = nearest(kind, [k for k, m in entry_models().items() if not issubclass(m, VectorEntry)])
        words = f"no kind {kind!r} is read by the driver {item['driver']!r}"
        problems = [
            Problem(
                file=path,
                line=document.line_of((*at, "kind")),
                key=f"{key}.kind",
                code="bad-value",
                message=words,
                hint=hint,
                entry=name,
            )
        ]
    return entry, problems


def _title(name: str, item: object) -> Names:
    """The broken entry's own title where that part of it is right, else its id."""
    try:
        return Names.model_validate(item["title"] if isinstance(item, dict) else None)
    except (ValidationError, KeyError):
        return Names.model_construct(zh=name, en=name)

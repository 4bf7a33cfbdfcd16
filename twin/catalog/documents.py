"""Read a handwritten YAML file; its faults become problems."""

from __future__ import annotations

from pathlib import Path

from twin.catalog.problems import Problem
from twin.catalog.validation_messages import dotted
from twin.catalog.yaml_tree import MAX_BYTES, Document, YamlFault, read_yaml


def read_document(path: Path) -> tuple[Document, list[Problem]]:
    """Read one YAML document.

    Never raises: a file that is missing, unreadable or larger than 512 KiB is a problem.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return Document(whole=False), [plain_problem(path, 1, "", "missing-file", "there is no such file")]
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        return Document(whole=False), [plain_problem(path, 1, "", "unreadable", f"cannot be read: {said}")]
    document = read_yaml(raw)
    return document, [problem_of_fault(path, fault) for fault in document.faults]


def problem_of_fault(path: Path, fault: YamlFault) -> Problem:
    """Convert a fault of YAML to a problem of its file."""
    return plain_problem(path, fault.line, dotted(fault.path), fault.code, fault.message)


def plain_problem(path: Path, line: int, key: str, code: str, message: str) -> Problem:
    """Return a problem without a hint.

    Of an entry where its key begins with ``entries.``.
    """
    entry = key.split(".")[1] if key.startswith("entries.") else None
    return Problem(file=path, line=line, key=key, code=code, message=message, entry=entry)

"""Hash the code of a product: imported modules and library versions.

A list of modules written by hand forgets some. The closure follows the import statements of our own
packages, those inside functions too, without executing anything. Hashed is the syntax tree: comments,
docstrings and line numbers change no product.
"""

from __future__ import annotations

import ast
import contextlib
import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from twin.store import write_whole

OURS = ("twin", "meshes", "layers", "apps")
HERE = Path(__file__).resolve().parents[2]

_DISTRIBUTIONS = {"PIL": "pillow", "yaml": "PyYAML"}
"""Libraries whose import name is not the name they are installed by."""

_PARSED: dict[str, dict[str, object]] = {}
"""Fields of every :class:`Module` that this process has parsed, by its mark."""


_PARSING = threading.Lock()
"""CPython 3.11 counts the parser's depth for all threads together: two at once end in a SystemError
(gh-106905)."""


@dataclass(frozen=True, kw_only=True)
class Module:
    """Parsed module: imports and digest."""

    digest: str
    imports: list[str]
    """Dotted names: modules, or names within them."""
    exports: dict[str, str]
    """Of a package: name -> dotted name that it hands on."""
    named: list[str]
    """Dotted names of ours in strings: modules that are run, packages whose files are loaded."""


class Closures:
    """Import closures of a folder of packages.

    Each module is parsed once for a size and time of change. Parsing all of them takes seconds: the process
    keeps what was found for its other stores, and ``notebook`` keeps it from one start to the next.
    """

    def __init__(self, folder: Path = HERE, *, notebook: Path | None = None) -> None:
        self.folder, self._notebook = folder, notebook
        self._read: dict[str, Module] = {}
        self._known: dict[str, dict[str, object]] = {}
        if notebook is not None:
            with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
                kept = json.loads(notebook.read_text(encoding="utf-8"))
                # What another edition of this file wrote may be of another shape.
                self._known = kept["modules"] if kept["by"] == _mark(Path(__file__)) else {}
        self._direct: dict[str, tuple[set[str], set[str]]] = {}
        self._used: set[str] = set()
        self._versions: dict[str, str] = {}
        self._learned = False

    def digest(self, root: str) -> str:
        """Hash the import closure of a module: SHA-256.

        Of the module and all that it imports, of data files beside it, and of library versions. Raises
        ModuleNotFoundError where there is no such module, PackageNotFoundError for a library that is not
        installed.
        """
        modules, libraries = self.closure(root)
        digest = sha256()
        for name in sorted(modules):
            digest.update(f"{name} {self._module(name).digest}\n".encode())
        for package in sorted({named for name in modules for named in self._module(name).named}):
            for file in sorted(self.folder.joinpath(*package.split(".")).glob("*.csv")):
                digest.update(f"{package} {file.name} {sha256(file.read_bytes()).hexdigest()}\n".encode())
        for library in sorted(libraries):
            digest.update(f"{library} {self._version(library)}\n".encode())
        self._save()
        return digest.hexdigest()

    def closure(self, root: str) -> tuple[set[str], set[str]]:
        """Return modules and libraries that ``root`` imports.

        Directly or not; libraries by their top-level names. Modules are those of our packages and of the
        package that ``root`` belongs to.
        """
        if self._file(root) is None:
            raise ModuleNotFoundError(root)
        modules: set[str] = set()
        libraries: set[str] = set()
        waiting = {root}
        while waiting:
            name = waiting.pop()
            modules.add(name)
            direct, others = self._imports_of(name)
            waiting |= direct - modules
            libraries |= others
        return modules, libraries

    def _imports_of(self, name: str) -> tuple[set[str], set[str]]:
        """Modules that a module needs directly, its package among them, and libraries."""
        if name not in self._direct:
            package, _, _ = name.rpartition(".")
            module = self._module(name)
            inside = [other for named in module.named for other in self._within(named)]
            modules, libraries = set(inside), set[str]()
            if package and self._file(package) is not None:
                modules.add(package)
            for target in module.imports:
                top = target.partition(".")[0]
                if top in OURS or top == name.partition(".")[0]:
                    modules.add(self._home(target))
                else:
                    libraries |= {top} - sys.stdlib_module_names
            self._direct[name] = modules, libraries
        return self._direct[name]

    def _home(self, target: str) -> str:
        """The module that is imported, or that holds a name which is."""
        package, _, last = target.rpartition(".")
        if not package or self._file(target) is not None:
            return target
        # A name within a module, or one that a package hands on.
        handed = self._module(package).exports.get(last) if self._file(package) else None
        return self._home(package if handed in (None, target) else handed)

    def _within(self, name: str) -> list[str]:
        """A module that a string names; of a package all its modules, because it is run by their names."""
        if (file := self._file(name)) is None:
            return []
        if file.stem != "__init__":
            return [name]
        return [name, *(f"{name}.{other.stem}" for other in file.parent.glob("*.py") if other != file)]

    def _module(self, name: str) -> Module:
        if name not in self._read:
            file = self._file(name)
            assert file is not None
            mark = _mark(file)
            if mark not in self._known:
                if mark not in _PARSED:
                    _PARSED[mark] = asdict(_parsed(file))
                self._known[mark] = _PARSED[mark]
                self._learned = True
            self._used.add(mark)
            self._read[name] = Module(**self._known[mark])  # type: ignore[arg-type]
        return self._read[name]

    def _version(self, library: str) -> str:
        if library not in self._versions:  # 1 ms each
            self._versions[library] = metadata.version(_DISTRIBUTIONS.get(library, library))
        return self._versions[library]

    def _file(self, name: str) -> Path | None:
        return _file(name, self.folder)

    def _save(self) -> None:
        if self._learned and self._notebook is not None and self._notebook.parent.is_dir():
            with contextlib.suppress(OSError):  # only saves time; a store that takes no writing can be served
                used = {mark: self._known[mark] for mark in self._used}
                write_whole(self._notebook, json.dumps({"by": _mark(Path(__file__)), "modules": used}))
            self._learned = False


@cache
def code_digest(root: str, notebook: Path) -> str:
    """Hash the installed code that a module imports: SHA-256.

    The process keeps it.
    """
    return _closures(notebook).digest(root)


@cache
def _closures(notebook: Path) -> Closures:
    return Closures(notebook=notebook)


@cache
def _file(name: str, folder: Path) -> Path | None:
    path = folder.joinpath(*name.split("."))
    return next((file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file()), None)


def _mark(file: Path) -> str:
    stat = file.stat()
    return f"{sys.version_info[:2]}|{file}|{stat.st_size}|{stat.st_mtime_ns}"


def _parsed(file: Path) -> Module:
    with _PARSING:
        tree = ast.parse(file.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [part for part in node.body if not _is_text(part)]
    imports: list[str] = []
    exports: dict[str, str] = {}
    named: set[str] = set()
    # What a package hands on lazily stands where only a type checker sees it.
    for node in ast.walk(tree) if file.stem == "__init__" else _executed(tree):
        if isinstance(node, ast.Import):
            imports += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            of = {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            # What a package only hands on is followed where somebody asks for it.
            if file.stem == "__init__" and node.module.partition(".")[0] in OURS:
                exports |= of
            else:
                imports += of.values()
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and file.stem != "__init__":
            parts = node.value.split(".")
            if len(parts) > 1 and parts[0] in OURS and all(part.isidentifier() for part in parts):
                named.add(node.value)
    digest = sha256("".join(_written(tree)).encode()).hexdigest()
    return Module(digest=digest, imports=sorted(set(imports)), exports=exports, named=sorted(named))


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that only a type checker sees."""
    for child in ast.iter_child_nodes(node):
        if (
            isinstance(child, ast.If)
            and isinstance(child.test, ast.Name)
            and child.test.id == "TYPE_CHECKING"
        ):
            continue
        yield child
        yield from _executed(child)


def _is_text(node: ast.stmt) -> bool:
    """A string that stands as a statement: a docstring, of an attribute too."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _written(node: object) -> Iterator[str]:
    """A tree as text; empty fields are left out, because they come and go with versions of Python."""
    if isinstance(node, ast.AST):
        yield f"({type(node).__name__}"
        for field in node._fields:
            value = getattr(node, field, None)
            if value is not None and value != []:
                yield f" {field}="
                yield from _written(value)
        yield ")"
    elif isinstance(node, list):
        yield "["
        for part in node:
            yield from _written(part)
        yield "]"
    else:
        yield repr(node)

"""Filter kept runs by what one visitor may see and change."""

from __future__ import annotations

from dataclasses import dataclass

from twin.access import LEVELS, allows
from twin.catalog.types import Access
from twin.runs_file import KeptRun, RunKind, RunsFile, RunsFileError


@dataclass(frozen=True, kw_only=True)
class VisitorRuns:
    """Kept runs as one visitor may use them.

    ``name`` is the sign-in name ('' where nobody signs in), ``sees`` the highest access.
    """

    file: RunsFile
    name: str
    full_name: str
    sees: Access
    administers: bool

    @property
    def levels(self) -> tuple[Access, ...]:
        """Levels of access that this visitor may give a run."""
        return LEVELS[: LEVELS.index(self.sees) + 1]

    def all(self, kind: RunKind) -> tuple[KeptRun, ...]:
        """Return the runs of a kind that the visitor may see.

        Raises RunsFileError."""
        return tuple(run for run in self.file.all(kind) if allows(self.sees, run.access))

    def one(self, run: str) -> KeptRun:
        """Return a run by its id.

        Raises RunsFileError where there is none to be seen."""
        if (found := self.find(run)) is None:
            raise RunsFileError("it is not there any more", words="它已不在，或未向您开放")
        return found

    def find(self, run: str) -> KeptRun | None:
        """Return a run by its id, or None. Raises RunsFileError."""
        kinds: tuple[RunKind, ...] = ("what-if", "forecast")
        return next((found for kind in kinds for found in self.all(kind) if found.id == run), None)

    def keep(self, name: str, document: str, *, access: Access) -> str:
        """Keep a what-if under a name; returns its id. Raises RunsFileError."""
        if access not in self.levels:
            raise RunsFileError("you may not see that level of access", words="您无权使用这一可见级别")
        return self.file.add(
            "what-if",
            name=name,
            author=self.name,
            author_name=self.full_name,
            access=access,
            document=document,
        )

    def may_change(self, run: KeptRun) -> bool:
        """Return whether the visitor may rename and delete a run."""
        return self.administers or (run.kind == "what-if" and run.author == self.name)

    def rename(self, run: str, name: str) -> None:
        """Rename a run of one's own. Raises RunsFileError."""
        self._own(run)
        self.file.rename(run, name)

    def delete(self, run: str) -> None:
        """Delete a run of one's own. Raises RunsFileError."""
        self._own(run)
        self.file.delete(run)

    def _own(self, run: str) -> None:
        if not self.may_change(self.one(run)):
            raise RunsFileError(
                "only who made it, or an administrator, may change it", words="只有保存者或管理员可以改动"
            )

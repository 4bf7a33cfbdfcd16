"""A real PostgreSQL server of one's own, in a temporary folder, on a free port of the loopback."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port

USER = "postgres"


def programs() -> Path:
    """The folder of the newest server's programs; fails where there is none: the bootstrap installs it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    assert found, "no PostgreSQL server here: script/bootstrap installs it"
    return found[-1].parent


@contextmanager
def server() -> Iterator[str]:
    """The address of its database ``postgres``, without a password; the server refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="twin-postgres-"))
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:
        account = pwd.getpwnam(USER)
        os.chown(folder, account.pw_uid, account.pw_gid)
        as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def run(*command: str) -> None:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            **as_user,  # type: ignore[call-overload]
        )
        assert done.returncode == 0, done.stdout + done.stderr

    data, port = folder / "data", free_port()
    tools = programs()
    try:
        run(str(tools / "initdb"), "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        run(str(tools / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg://{USER}@127.0.0.1:{port}/postgres"
        finally:
            run(str(tools / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)

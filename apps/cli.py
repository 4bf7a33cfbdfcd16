"""Command ``twin``: list of commands, and exit status of their errors."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from twin.errors import TwinError

COMMANDS = {
    "check": "Check each entry of the catalog, and what a build will report.",
    "build": "Turn the sources into the store; only what has changed is made.",
    "prune": "Remove old generations from the store.",
    "water": "Print area, storage and uncertainty of a level or storage.",
    "route": "Route inflow and release through the level pool.",
    "forecast": "Keep a forecast of the lake's level from a CSV file.",
    "curve": "Derive an operating curve from dated reports, as a new edition.",
    "serve": "Serve the basin to browsers; builds what is missing first.",
    "storyboard": "Check, preview and estimate a film; freeze live values, make slides.",
    "studio": "Open the studio on this machine, where films are made.",
    "record": "Record a storyboard as a movie.",
    "wall": "Draw again what the wall showed.",
    "drill": "Check files of drills, and read their logs.",
    "user": "Add, change and remove users, and end their sign-ins.",
    "token": "Give tokens to programs that use the REST interface.",
    "live": "Receive, store and watch what the feeds bring, and serve views.",
    "alerts": "Try and count the alerts to mail and webhooks.",
    "stations": "List stations and their observations.",
    "feed": "Try feeds.",
    "backup": "Write observations, journals, users and catalog to one file.",
    "restore": "Unpack a backup into a folder that is empty or new.",
}
"""Each is ``apps/commands/<name>.py``, imported when it is run; here stands what its own help says first."""

USAGE = 2
"""Exit status where the question itself cannot be answered, as click's own."""


def main() -> None:
    """Run a command.

    What a person can mend is one line on stderr and a non-zero exit.
    """
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as error:
        _die(error.format_message(), error.exit_code)
    except click.Abort:
        _die("stopped", 130)
    except TwinError as error:
        from apps.error_messages import say  # noqa: PLC0415
        from twin.water.ranges import HighestBelowLevel, LevelOutOfRange, StorageOutOfRange  # noqa: PLC0415

        asked_wrongly = isinstance(error, LevelOutOfRange | HighestBelowLevel | StorageOutOfRange)
        _die(say(error, "en"), USAGE if asked_wrongly else 1)
    except BrokenPipeError:
        sys.exit(1)
    except (OSError, MemoryError) as error:  # the machine's fault, which a person can mend
        from apps.error_messages import say  # noqa: PLC0415
        from twin.disk import refusal  # noqa: PLC0415

        _die(say(refusal(error), "en"), 1)


def _die(message: str, code: int) -> None:
    from apps.logs import escaped  # noqa: PLC0415

    click.echo("twin: " + escaped(" ".join(message.split())), err=True)
    sys.exit(code)


class _Commands(click.Group):
    """Imports a command when it is run; the list of all of them needs none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"apps.commands.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="miyun-twin", prog_name="twin")
def cli() -> None:
    """Check, build, query and serve a digital twin of a reservoir basin."""


if __name__ == "__main__":
    main()

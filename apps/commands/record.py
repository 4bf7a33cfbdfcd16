"""Command ``twin record``: record a storyboard as a movie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apps.commands.new_file import new_file
from apps.commands.opened_script import OpenedScript
from apps.commands.options import ray_option
from twin.counting import counted

if TYPE_CHECKING:
    from apps.recorder.recording import Recorder
    from apps.recorder.recording_job import Codec, RecordingJob

DRAFT_LINES, DRAFT_FPS = 720, 15
GIF_WIDTH, GIF_FPS = 640, 10
CODECS: Mapping[str, Codec] = {".mp4": "h264", ".webm": "vp9", ".gif": "h264"}


class SizeType(click.ParamType[tuple[int, int]]):
    """Width and height of a picture: ``3840x2160``."""

    name = "WIDTHxHEIGHT"

    def convert(self, value: object, param: object, ctx: object) -> tuple[int, int]:
        width, _, height = str(value).lower().replace("×", "x").partition("x")
        if not (width.isdecimal() and height.isdecimal()):
            raise click.BadParameter(f"{value!r} is no size; write it like 1920x1080")
        return int(width), int(height)


@click.command()
@click.argument("storyboard", type=click.Path(path_type=Path))
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), required=True, help="A new .mp4, .webm, .gif."
)
@click.option("--catalog", type=click.Path(path_type=Path), help="The basin's catalog (default: the file's).")
@click.option("--root", type=click.Path(path_type=Path), help="Folder that relative uris start from.")
@click.option("--store", type=click.Path(path_type=Path), help="Folder of products (default: .twin).")
@click.option("--size", type=SizeType(), help="Size of the picture (default: the storyboard's).")
@click.option("--fps", type=click.IntRange(1, 60), help="Frames a second (default: the storyboard's).")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes that draw (default: one a core).")
@ray_option
@click.option("--from", "from_s", type=click.FloatRange(0), metavar="S", help="Second to begin at.")
@click.option("--to", "to_s", type=click.FloatRange(0), metavar="S", help="Second to end at.")
@click.option("--frames", type=click.Path(path_type=Path), help="Folder for a PNG of every frame, too.")
@click.option("--stills", type=click.Path(path_type=Path), help="Folder for a PNG of every shot, too.")
@click.option("--draft", is_flag=True, help="Fast: 720 lines, 15 frames a second, edges not smooth.")
@click.option("--nvenc", is_flag=True, help="Encode on the NVIDIA card.")
def record(
    storyboard: Path,
    output: Path,
    catalog: Path | None,
    root: Path | None,
    store: Path | None,
    size: tuple[int, int] | None,
    fps: int | None,
    workers: int | None,
    ray: str | None,
    from_s: float | None,
    to_s: float | None,
    frames: Path | None,
    stills: Path | None,
    draft: bool,
    nvenc: bool,
) -> None:
    """Record a storyboard as a movie.

    A recording that was stopped goes on where it was, given the same command.
    """
    from apps.recorder.recording import parts_folder, record_film, remove_parts  # noqa: PLC0415
    from apps.recorder.recording_job import segments_of  # noqa: PLC0415
    from apps.recorder.recording_progress import RecordingProgress  # noqa: PLC0415

    codec = CODECS.get(output.suffix.lower())
    if codec is None:
        raise click.BadParameter(f"{output}: a movie ends in {', '.join(CODECS)}", param_hint="--output")
    script = OpenedScript.open(storyboard, catalog=catalog, root=root, store=store)
    board = script.storyboard
    script = script.changed(_smaller(board.size, board.fps, size, fps, draft, output.suffix))
    script.refuse()
    job = script.job(draft=draft, codec="h264_nvenc" if nvenc and codec == "h264" else codec, pngs=frames)
    first, end = _span(len(job.open_film()), job.board.fps, from_s, to_s)
    segments = segments_of(first, end, fps=job.board.fps)
    parts = parts_folder(output)
    with _recorder(ray, workers, most=len(segments)) as (recorder, count), ExitStack() as stack:
        whole = stack.enter_context(
            new_file(output, option="--output", partial=parts / f"whole{output.suffix}")
        )
        progress = stack.enter_context(RecordingProgress(job, segments, workers=count))
        if frames is not None:
            frames.mkdir(parents=True, exist_ok=True)
        record_film(job, segments, output, partial=whole, recorder=recorder, on_news=progress)
    remove_parts(output, job)
    if stills is not None:
        _draw_stills(job, stills)
    click.echo(f"{output}: {end - first} frames, {(end - first) / job.board.fps:g} s; {progress.outcome}")


@contextmanager
def _recorder(ray: str | None, workers: int | None, *, most: int) -> Iterator[tuple[Recorder, int]]:
    """What records, here or on the nodes of a cluster, and with how many processes."""
    if ray is None:
        from apps.recorder.local_workers import record_locally, usual_workers  # noqa: PLC0415

        count = min(workers or usual_workers(), most)
        yield partial(record_locally, workers=count), count
        return
    from apps.cluster.connecting import check_nodes, checked, connected  # noqa: PLC0415
    from apps.cluster.film_segments import ClusterRecorder  # noqa: PLC0415

    with connected(ray if ray == "local" else checked(ray)[0]) as cluster:
        cores = sum(node.cores for node in check_nodes(cluster))
        count = min(workers or cores, most)
        yield ClusterRecorder(cluster, workers=count), count


def _draw_stills(job: RecordingJob, folder: Path) -> None:
    """Write a PNG of each shot, like its frame in the movie."""
    from apps.recorder.film_painter import FilmPainter  # noqa: PLC0415
    from apps.recorder.stills import write_stills  # noqa: PLC0415

    with closing(FilmPainter(job.open_film(), quality=job.quality)) as painter:
        files = write_stills(painter.film, painter.picture, folder)
    click.echo(f"{folder}: {counted(len(files), 'still')}")


def _smaller(
    size: tuple[int, int],
    fps: int,
    asked: tuple[int, int] | None,
    asked_fps: int | None,
    draft: bool,
    suffix: str,
) -> dict[str, object]:
    """The size and rate of the recording: what is asked for, else the script's, less in drafts and GIFs."""
    lines = DRAFT_LINES if draft else size[1]
    most = DRAFT_FPS if draft else fps
    if suffix.lower() == ".gif":
        lines, most = min(lines, GIF_WIDTH * size[1] // size[0]), min(most, GIF_FPS)
    width = size[0] if lines == size[1] else 2 * round(lines * size[0] / size[1] / 2)
    return {"size": asked or (width, lines // 2 * 2), "fps": asked_fps or min(most, fps)}


def _span(count: int, fps: int, from_s: float | None, to_s: float | None) -> tuple[int, int]:
    """First frame and end of what is asked for."""
    first = round((from_s or 0.0) * fps)
    end = count if to_s is None else min(count, round(to_s * fps))
    if first >= end:
        raise click.BadParameter(
            f"nothing lies between them: the film lasts {count / fps:g} s", param_hint="--from, --to"
        )
    return first, end

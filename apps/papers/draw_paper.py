"""Draw one page: job on standard input, file on standard output.

The job is a line, its picture follows. A process of its own: fonts and compression would hold up
the hub's event loop.
"""

from __future__ import annotations

import sys
from datetime import datetime

from apps.papers.canvas import PdfCanvas, PixelCanvas
from apps.papers.formats import A3, Job, screen
from apps.papers.page_layout import draw_page


def draw(job: Job, picture: bytes) -> bytes:
    """Return the file of a job; raises NoFontError."""
    sheet = job.sheet
    if job.kind == "png":
        form, per_mm = screen(job.size)
        pixels = PixelCanvas(picture, size=job.size, per_mm=per_mm)
        draw_page(pixels, sheet, form, sharpness=" × ".join(map(str, job.size)))
        return pixels.content(title=sheet.title, id_=sheet.id)
    paper = PdfCanvas(picture, size=A3.size)
    dpi = round(job.size[0] / A3.picture.w * 25.4)
    draw_page(paper, sheet, A3, sharpness=f"{dpi} dpi")
    return paper.content(
        title=sheet.title,
        id_=sheet.id,
        author=sheet.unit,
        language="zh-CN" if sheet.language == "zh" else "en",
        made_at=datetime.fromisoformat(sheet.made_at),
    )


if __name__ == "__main__":
    line = sys.stdin.buffer.readline()
    sys.stdout.buffer.write(draw(Job.model_validate_json(line), sys.stdin.buffer.read()))

"""JSON Schema of a storyboard, for editors.

``python -m twin.storyboard.storyboard_schema`` writes it; a test compares the committed file with the model.
"""

from __future__ import annotations

from pathlib import Path

from twin.catalog.schema import schema_text
from twin.storyboard.storyboard import Storyboard

FILE = Path(__file__).parent / "schema" / "storyboard.schema.json"


def storyboard_schema() -> str:
    """Return the text of the schema's file."""
    return schema_text(Storyboard.model_json_schema())


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(storyboard_schema(), encoding="utf-8")

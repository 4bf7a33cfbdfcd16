"""Storyboards for tests: any that the model takes."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from twin.storyboard.storyboard import Storyboard

Plain = st.SearchStrategy[dict[str, Any]]

SLUGS = st.from_regex(r"[a-z][a-z0-9_-]{0,7}", fullmatch=True)
TEXTS = st.text(
    st.characters(min_codepoint=32, exclude_characters="\x7f", exclude_categories=("Cs", "Cc", "Zl", "Zp")),
    min_size=1,
    max_size=12,
).filter(lambda text: bool(text.strip()))
AWKWARD = st.sampled_from(
    [
        "no",
        "~",
        "1985",
        "0030500001",
        "2025-07-29",
        "a: b",
        "# x",
        "- x",
        "'",
        '"',
        "*a",
        "&a",
        "%",
        " x ",
        "{",
        "08:30",
    ]
)
TEXT = TEXTS | AWKWARD
WORDS = TEXT | st.fixed_dictionaries({"zh": TEXT, "en": TEXT})
PLACES = st.fixed_dictionaries({"lon": st.floats(-180, 180), "lat": st.floats(-90, 90)})


def optional(**fields: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    return fields


def group(required: dict[str, Any], **may: st.SearchStrategy[Any]) -> Plain:
    return st.fixed_dictionaries(required, optional=may)


KEYS = (
    group({"at_s": st.floats(0, 600), "viewpoint": SLUGS}, dwell_s=st.floats(0, 9))
    | group(
        {
            "at_s": st.floats(0, 600),
            "target": PLACES,
            "distance_m": st.floats(50, 4e5),
            "heading_deg": st.floats(0, 359),
            "pitch_deg": st.floats(-90, 30),
        },
        target_m=st.floats(-500, 9000),
    )
    | group({"at_s": st.floats(0, 600), "link": TEXT})
)
CAMERAS = (
    group({"keys": st.lists(KEYS, min_size=1, max_size=3)})
    | group({"orbit": group({"around": PLACES, "distance_m": st.just(900), "pitch_deg": st.just(-20)})})
    | group(
        {
            "follow": group(
                {"layer": SLUGS, "feature": TEXT, "distance_m": st.just(900), "pitch_deg": st.just(-20)},
                upstream=st.booleans(),
            )
        }
    )
)
TIMES = st.datetimes(timezones=st.sampled_from([__import__("datetime").UTC])).map(lambda t: t.isoformat())
WATERS = (
    group(
        {"levels": st.lists(group({"at_s": st.floats(0, 600), "level_m": st.floats(-500, 9000)}), min_size=1)}
    )
    | group({"frozen": st.just(True)})
    | TIMES.map(lambda t: {"scenario": {"id": "f-1", "from": t, "to": t}})
)
CAPTIONS = group({"text": WORDS}, from_s=st.floats(0, 5), to_s=st.floats(6, 9))
SHOTS = group(
    {"id": SLUGS, "seconds": st.floats(0.1, 60), "camera": CAMERAS},
    name=WORDS,
    water=WATERS,
    layers=st.dictionaries(SLUGS, group({}, visible=st.booleans(), opacity=st.floats(0, 1)), max_size=2),
    title=group({"text": WORDS}, under=WORDS),
    captions=st.lists(CAPTIONS, max_size=2),
    callouts=st.lists(group({"text": WORDS, "station": TEXT}), max_size=2),
    panels=st.lists(st.sampled_from(["numbers", "chart", "inset"]), max_size=3),
    fade_s=st.floats(0, 5),
    uncertain=st.booleans(),
)
VALUES = group(
    {"station": TEXT, "parameter": SLUGS, "value": st.floats(-1e9, 1e9), "unit": TEXT, "time": TIMES}
)
FILMS = group(
    {"title": WORDS, "shots": st.lists(SHOTS, min_size=1, max_size=3, unique_by=lambda shot: shot["id"])},
    fps=st.integers(1, 60),
    language=st.sampled_from(["zh", "en"]),
    size=st.just([1280, 720]),
    sound=TEXT,
    frozen=group({"at": TIMES}, level_m=st.floats(0, 200), values=st.lists(VALUES, max_size=3)),
)


def storyboards() -> st.SearchStrategy[Storyboard]:
    """Any storyboard, whatever a basin says to it."""
    import json

    return FILMS.map(lambda film: Storyboard.model_validate_json(json.dumps(film)))

"""What a browser has is known by digests: what is sent is the same as with whole copies."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from apps.hub.sent_state import SHORT, SentState

PACKED = st.binary(max_size=4) | st.integers(0, 3).map(lambda n: bytes([n]) * (SHORT + n))


@given(
    first=st.dictionaries(st.sampled_from("abc"), PACKED),
    pushes=st.lists(st.dictionaries(st.sampled_from("abc"), PACKED)),
)
def test_the_same_values_are_new_as_with_copies(
    first: dict[str, bytes], pushes: list[dict[str, bytes]]
) -> None:
    sent, copies = SentState(first), dict(first)
    for push in pushes:
        new = {key for key, value in push.items() if sent.get(key, "none") != value}
        assert new == {key for key, value in push.items() if copies.get(key, "none") != value}
        sent.update(push)
        copies.update(push)

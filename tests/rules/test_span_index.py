"""Spans that meet another are found, all of them and in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from iacrisk.rules.readers.networks.span_index import SpanIndex

spans = st.tuples(st.integers(0, 300), st.integers(0, 300)).map(lambda ends: (min(ends), max(ends)))


@given(st.lists(spans, max_size=30), spans)
def test_what_meets_a_span_is_what_has_a_point_in_common(
    known: list[tuple[int, int]], asked: tuple[int, int]
) -> None:
    low, high = asked
    meeting = [n for n, (first, last) in enumerate(known) if first <= high and low <= last]

    assert SpanIndex(enumerate(known)).meeting(low, high) == meeting


def test_a_number_with_several_spans_is_found_once() -> None:
    index = SpanIndex([(0, (0, 9)), (1, (5, 5)), (0, (20, 29))])

    assert index.meeting(5, 25) == [0, 1]
    assert index.meeting(10, 19) == []

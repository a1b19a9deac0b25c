"""Finds the spans that meet another, without looking at all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable


class SpanIndex:
    """Spans with a number each, grouped by size and sorted.

    A span that meets `(low, high)` begins at most its own size before `low`; among spans of like
    size those lie in one stretch.
    """

    def __init__(self, spans: Iterable[tuple[int, tuple[int, int]]]) -> None:
        """`spans`: the number under which each is found."""
        self._by_size: dict[int, list[tuple[int, int, int]]] = {}
        for number, (low, high) in spans:
            group = self._by_size.setdefault((high - low).bit_length(), [])
            group.append((low, high, number))
        for group in self._by_size.values():
            group.sort()

    def meeting(self, low: int, high: int) -> list[int]:
        """The numbers of the spans that have a point in common with this one, in order."""
        found: set[int] = set()
        for size, group in self._by_size.items():
            first = bisect_left(group, (low - (1 << size),))
            last = bisect_right(group, (high + 1,))
            found.update(number for _, end, number in group[first:last] if end >= low)
        return sorted(found)

"""Arithmetic of spans: pairs of numbers, both ends included."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]


def intersect(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """What lies in a span of both."""
    others = list(others)
    return [
        (max(low, other_low), min(high, other_high))
        for low, high in spans
        for other_low, other_high in others
        if low <= other_high and other_low <= high
    ]


def subtract(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """What of the spans lies in none of the others."""
    left = list(spans)
    for other_low, other_high in others:
        kept: list[Span] = []
        for low, high in left:
            if other_high < low or high < other_low:
                kept.append((low, high))
                continue
            if low < other_low:
                kept.append((low, other_low - 1))
            if other_high < high:
                kept.append((other_high + 1, high))
        left = kept
    return left


def union(spans: Iterable[Span]) -> list[Span]:
    """The spans with those that meet in one."""
    merged: list[Span] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged

"""C: what runs a function and the function's code drift apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_LANGUAGE: Final = re.compile(r"[a-z]+")
_FUNCTIONS: Final = frozenset({"aws_lambda_function", "google_cloudfunctions_function"})
_CODE: Final = frozenset(
    {
        "filename",
        "image_uri",
        "s3_key",
        "s3_object_version",
        "source_archive_object",
        "source_code_hash",
    }
)


@rule(
    id="C14",
    name="runtime-without-code",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types=_FUNCTIONS,
)
def runtime_without_code(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """A function gets another language, handler or architecture, and keeps its code.

    What it flags
        An in-place update of `runtime` to another language, of `handler` or `entry_point`, or
        of `architectures`, with none of the attributes that carry the code changing along. A
        newer version of the same language is a remark.

    Why it matters
        The plan shows one harmless-looking update. The next call fails, because the code was
        not made for what now runs it.

    When it is fine
        The code reaches the function outside Terraform, and does so before the next call.

    What to do instead
        Change code and runtime in one apply, behind an alias or a canary.

    References
    ----------
        https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
    """
    if not _CODE.isdisjoint(change.changed):
        return
    if "runtime" in change.changed:
        yield from _runtime(change.was("runtime"), change.becomes("runtime"))
    for name in ("handler", "entry_point"):
        if name in change.changed and change.was(name):
            yield Flag(what="Another entry point is called, in the same code.", paths=((name,),))
    if "architectures" in change.changed and change.was("architectures"):
        yield Flag(
            what="The same code runs on another architecture.",
            paths=(("architectures",),),
            confidence=Confidence.LOW,
        )


def _runtime(before: Any, after: Any) -> Iterator[Outcome]:
    if after is UNKNOWN:
        yield Undecided(why="The runtime is not known yet.", paths=(("runtime",),))
        return
    if not isinstance(before, str) or not isinstance(after, str) or not before or not after:
        return
    same = _LANGUAGE.match(before), _LANGUAGE.match(after)
    same_language = same[0] and same[1] and same[0].group() == same[1].group()
    yield Flag(
        what=f"The same code runs under {after} instead of {before}.",
        paths=(("runtime",),),
        severity=Severity.LOW if same_language else None,
    )

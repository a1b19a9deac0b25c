"""C14: what runs a function and the function's code drift apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, parse_path
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.wording import some_of, texts
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_LANGUAGE: Final = regex(r"[a-z]+")
_FUNCTIONS: Final = frozenset({"aws_lambda_function", "google_cloudfunctions_function"})
_VARIABLES: Final = {
    "aws_lambda_function": "environment.0.variables",
    "google_cloudfunctions_function": "environment_variables",
}
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
def runtime_without_code(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A function gets another language, handler or architecture, and keeps its code.

    What it flags
        An in-place update of `runtime` to another language, of `handler` or `entry_point`, or
        of `architectures`, and a variable that goes, with none of the attributes that carry the
        code changing along; a runtime for which a layer that the function keeps is not made;
        and a jump over several versions, or over one that took away what programs use. The
        next version of the same language is a remark.

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
        yield from _runtime(change, context)
    for name in ("handler", "entry_point"):
        if name in change.changed and change.was(name):
            yield Flag(what="Another entry point is called, in the same code.", paths=((name,),))
    yield from _variables_gone(change)
    if "architectures" in change.changed and change.was("architectures"):
        yield Flag(
            what="The same code runs on another architecture.",
            paths=(("architectures",),),
            confidence=Confidence.LOW,
        )


def _variables_gone(change: ResourceChange) -> Iterator[Outcome]:
    path = _VARIABLES[change.type]
    before, after = change.was(path), change.becomes(path)
    if not isinstance(before, dict) or after is UNKNOWN:
        return
    gone = sorted(before.keys() - (after.keys() if isinstance(after, dict) else set()))
    if gone:
        yield Flag(
            what=f"The same code no longer gets {some_of(gone)}.",
            paths=(parse_path(path),),
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
        )


_VERSION: Final = regex(r"([a-z]+)(\d+)(?:\.(\d+))?")
_JUMP: Final = 3
_CUTS: Final = {"nodejs": 18}
"""The version without something that programs load: the second version of the SDK."""


def _runtime(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    before, after = change.was("runtime"), change.becomes("runtime")
    if after is UNKNOWN:
        yield Undecided(why="The runtime is not known yet.", paths=(("runtime",),))
        return
    if not isinstance(before, str) or not isinstance(after, str) or not before or not after:
        return
    unfit = _unfit_layer(change, after, context)
    if unfit is not None:
        yield Flag(
            what=f"{unfit.label} is made for {before} and not for {after}, and stays.",
            paths=(("runtime",),),
        )
        return
    same = _LANGUAGE.match(before), _LANGUAGE.match(after)
    same_language = bool(same[0] and same[1] and same[0].group() == same[1].group())
    jumps = same_language and _jumps(before, after)
    yield Flag(
        what=f"The same code runs under {after} instead of {before}.",
        paths=(("runtime",),),
        severity=(Severity.MEDIUM if jumps else Severity.LOW) if same_language else None,
        confidence=Confidence.MEDIUM if jumps else None,
    )


def _jumps(before: str, after: str) -> bool:
    """Whether the version leaps, or passes one that took away what programs use."""
    one, other = _VERSION.match(before), _VERSION.match(after)
    if one is None or other is None:
        return False
    old, new = (int(match[3] or match[2]) for match in (one, other))
    step = 2 if one[1] == "nodejs" else 1
    cut = _CUTS.get(one[1], 0)
    return abs(new - old) >= _JUMP * step or old < cut <= new


def _unfit_layer(change: ResourceChange, runtime: str, context: Context) -> ResourceChange | None:
    """A layer of the plan that the function keeps and that does not name the runtime."""
    layers = once(
        context.plan,
        "layers by ARN",
        lambda: {
            str(one.before.get("arn")): one
            for one in context.changes_of("aws_lambda_layer_version")
            if one.before
        },
    )
    kept = set(texts(change.before.get("layers"))) & set(texts(change.after.get("layers")))
    for arn in sorted(kept & layers.keys()):
        made_for = texts(layers[arn].after.get("compatible_runtimes"))
        if made_for and runtime not in made_for:
            return layers[arn]
    return None

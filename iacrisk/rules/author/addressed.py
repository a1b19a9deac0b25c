"""A09: text that speaks to a reviewer that reads it, be it a model or a person in haste."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Final

from iacrisk.plan import ActionKind, Path, Plan, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.rule import (
    CHANGES,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    plan_rule,
)

_STEMS: Final = (
    b"instruction",
    b"prompt",
    b"rules",
    b"guideline",
    b"review",
    b"assistant",
    b"harmless",
    b"benign",
    b"approv",
    b"safe",
    b"risk",
    b"im_",
    b"inst]",
    b"<<sys",
    b"not flag",
    b"not report",
    b"not block",
    b"not hold",
    b"n't flag",
    b"never ",
)
"""One of these stands in whatever a pattern below fits; looked for first, as it is cheap."""
_PATTERNS: Final = (
    r"\b(?:ignore|disregard|forget)\s+(?:\w+\s+){0,3}?"
    r"(?:previous|prior|above|earlier|preceding|your|system)\s+(?:\w+\s+)?"
    r"(?:instructions?|prompts?|rules|guidelines)\b",
    r"\b(?:ignore|disregard)\s+(?:all\s+|any\s+|these\s+|the\s+)?(?:instructions|prompts)\b",
    r"\b(?:ai|llm|automated|iacrisk)\s+(?:code\s+)?(?:reviewers?|assistants?)\b[^.\n]{0,60}?"
    r"\b(?:approve|allow|accept|ignore|skip|pass|must|should|do not)\b",
    r"\byou are (?:now )?(?:an?|the)\s+(?:\w+\s+){0,3}?(?:assistant|reviewer)\b",
    r"\b(?:do not|don't|never) (?:flag|report|block|hold)\s+"
    r"(?:this|the)\s+(?:plan|change|resource|pull request|pr|finding)\b",
    r"\b(?:mark|rate|score|classify|treat|report)\s+(?:this|it|the plan|the change|this plan|"
    r"this change)\s+as\s+(?:safe|harmless|benign|approved|low[- ]risk|no[- ]risk)\b",
    r"\biacrisk\s*[:=-]\s*(?:ignore|skip|allow|disable|suppress|approve|off)\b",
    r"<\|(?:im_start|im_end|im_sep)\|>|\[/?inst\]|<</?sys>>",
)
_PROMPTS_BY_TRADE: Final = (
    "*_bedrock*",
    "*_dialogflow_*",
    "*_discovery_engine_*",
    "*_lex_*",
    "*_lexv2*",
    "*_vertex_ai_*",
    "azurerm_bot_*",
    "azurerm_cognitive_*",
)
"""Types whose business is to hold prompts."""
_LONGEST_LOOKED_AT: Final = 100_000


@plan_rule(
    id="A09",
    name="speaks-to-the-reviewer",
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    harm=Harm.HYGIENE,
)
def speaks_to_the_reviewer(context: Context) -> Iterator[Outcome]:
    """A text in the change tells its reviewer what to think of it.

    What it flags
        Values that the plan writes, commit messages, titles, descriptions, branch names and claims
        with phrases made for a language model that reads along, such as asking it to ignore what
        it was told, to mark a change as safe, or not to report it. It is a remark.

    Why it matters
        iacrisk reads no text as an order, and neither score nor verdict gets better by any. A
        person or another tool that reads the change may. Whoever plants such a text wants
        something to go through unseen, so the rest of the change deserves a second look.

    When it is fine
        The text is a prompt by trade: of an assistant that the plan configures. Types that exist
        to hold prompts are left out.

    What to do instead
        Ask the author what the text is for.

    References
        https://genai.owasp.org/llmrisk/llm01-prompt-injection/
    """
    for change in _suspected(context.plan):
        paths = tuple(path for path, text in _texts(_new(change), ()) if _addressed(text))
        if paths:
            yield Flag(
                address=change.label,
                what="A planned value speaks to whoever reviews it.",
                paths=paths,
            )
    for text in context.told.texts:
        found = _addressed(text.text)
        if found:
            yield Flag(what=f"The {text.where} speaks to whoever reviews it: {found}")


@cache
def _holds_prompts(type_name: str) -> bool:
    return any(fnmatchcase(type_name, glob) for glob in _PROMPTS_BY_TRADE)


def _suspected(plan: Plan) -> Iterator[ResourceChange]:
    """The changes whose new values hold a stem; those of most plans hold none at all."""
    changes = [
        change
        for change in plan.pending
        if change.kind in CHANGES and not _holds_prompts(change.type)
    ]
    texts = [_raw(change).lower() for change in changes]
    whole = b"\n".join(texts)
    stems = [stem for stem in _STEMS if stem in whole]
    if stems:
        for change, text in zip(changes, texts, strict=True):
            if any(stem in text for stem in stems):
                yield change


def _raw(change: ResourceChange) -> bytes:
    """The new values as text; of an update those attributes alone that change."""
    if change.kind is not ActionKind.UPDATE:
        return bytes(change.raw.change.after)
    found = [text for _, text in _texts(_new(change), ())]
    return "\n".join(found).encode("utf-8", "surrogatepass")


def _new(change: ResourceChange) -> dict[str, Any]:
    """What this plan writes: what an update leaves as it is was looked at when it came."""
    if change.kind is not ActionKind.UPDATE:
        return change.after
    return {name: change.after.get(name) for name in sorted(change.changed)}


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
    elif isinstance(value, str):
        yield path, value


def _addressed(text: str) -> str:
    """The phrase that does, or ""."""
    found = _pattern().search(_folded(text))
    return found[0] if found else ""


def _folded(text: str) -> str:
    """In small letters, without what cannot be seen, each run of white space as one space."""
    text = text[:_LONGEST_LOOKED_AT]
    if not text.isascii():
        seen = (char for char in text if unicodedata.category(char) != "Cf")
        text = unicodedata.normalize("NFKC", "".join(seen))
    return re.sub(r"\s+", " ", text.casefold())


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS))

"""A claim in plain words, read with care: what is not understood is held against nobody.

Verbs become actions, nouns become globs of types, numbers are compared with the plan's. Where a
sentence may mean two things, it gets the benefit: a claim that "adds" covers updates too, because
one adds a rule to a group. Only in denials ("nothing is destroyed") is it taken at its word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from iacrisk.catalog import Basis, known_types, resource_type
from iacrisk.patterns import regex
from iacrisk.provenance.claim import Claim, ClaimedAction, Counts, Scope, with_words

_CREATE, _UPDATE, _DELETE, _REPLACE, _FORGET = ClaimedAction
_LONGEST: Final = 20_000
_VERBS: Final[dict[tuple[ClaimedAction, ...], str]] = {
    (_CREATE, _UPDATE): "add create introduce provision launch allow enable grant attach open",
    (_UPDATE,): "change update modify edit adjust tune resize scale increase raise reduce lower "
    "bump upgrade widen tighten narrow configure rename label tag import reformat",
    (_CREATE, _UPDATE, _REPLACE): "deploy roll rotate reissue renew",
    (_UPDATE, _DELETE): "remove disable revoke detach deny",
    (_DELETE,): "delete destroy decommission retire",
    (_CREATE, _UPDATE, _DELETE, _REPLACE): "replace recreate rebuild swap migrate switch",
    (_UPDATE, _FORGET): "forget",
}
_ALL_VERBS: Final = tuple(verb for verbs in _VERBS.values() for verb in verbs.split())
_NOUNS_AFTER: Final = r"(?!\s+(?:protection|marker|policy|window|lock|before|time))"
"""`delete protection` is no deletion."""
_DENIAL: Final = regex(
    r"\b(?:no(?! longer)|not|never|nothing|none|without|zero|avoid(?:s|ing)?)\b|n't\b"
    r"|\b(?:instead of|rather than)\b"
)
_DENIED_VERBS: Final = {
    (_DELETE, _REPLACE): "delete destroy remove",
    (_REPLACE,): "replace recreate rebuild",
}
_DENIED_NOUNS: Final = {
    (_DELETE, _REPLACE): "deletion destruction destroy removal",
    (_REPLACE,): "replacement recreation",
}
"""What is replaced is destroyed as well."""
_KEEPING: Final = regex(r"\b(?:keep|retain|preserve)(?:s|ing|d|ed)?\b")
_IN_ONE_WORD: Final = {
    r"\b(?:sett?(?:s|ing)?|stand(?:s|ing)?|spin(?:s|ning)?)[ -]up\b": "provision",
    r"\broll(?:s|ing|ed)?[ -]out\b": "deploy",
    r"\b(?:clean(?:s|ing|ed)?[ -]?up|get(?:s|ting)? rid of|tear(?:s|ing)? down)\b": "delete",
    r"\b(?:turn|switch)(?:s|es|ing|ed)? on\b": "enable",
    r"\b(?:turn|switch)(?:s|es|ing|ed)? off\b": "disable",
    r"^\s*[a-z]+(?:\([^)]*\))?!?:\s": " ",
}
"""Verbs of two words, and the kind of change before a colon, which is no verb."""
_TURNED_ROUND: Final = regex(r"\brevert(?:s|ed|ing)?\b|\brolls? back\b|\bundo(?:es|ing)?\b")
_SUMMARY: Final = regex(
    r"(\d[\d,]*)\s+(?:resources?\s+)?(?:(?:were|was|are|is|will be)\s+)?"
    r"(?:to\s+(import|add|change|destroy)\b|(import|add|chang|destroy)ed\b)"
)
_NO_CHANGES: Final = regex(
    r"\b(?:no|zero|0)\s+(?:infrastructure\s+|resource\s+|terraform\s+|actual\s+|real\s+)?changes?\b"
    r"(?!\s+(?:to\s+(?!(?:the\s+)?infrastructure\b)|in\s+(?!(?:the\s+)?plan\b)|of\b|for\b|on\b"
    r"|except\b|besides\b|other\b))"
)
_TAGS_ALONE: Final = regex(
    r"\b(?:only|just|purely|nothing but)\s+(?:\w+\s+){0,2}?(?:tags?|labels?)\b"
    r"|\b(?:tags?|labels?)[ -](?:changes?[ -]|updates?[ -])?only\b"
)
_TAGS: Final = (
    "tags",
    "tags_all",
    "labels",
    "effective_labels",
    "terraform_labels",
    "tag",
)
_ADDRESS: Final = regex(
    r"(?:\bmodule\.[\w-]+(?:\[[^\]\s]*\])?\.)*"
    r"(?:\bmodule\.[\w-]+(?:\[[^\]\s]*\])?|\b[a-z][a-z0-9]*_\w+\.[\w-]+(?:\[[^\]\s]*\])?)"
)
_TYPE: Final = regex(r"\b[a-z][a-z0-9]*_\w+\b")
_CLAUSES: Final = regex(r"[.;:!?\n]\s|[;\n]|\s(?:and|then|but|while|plus|whereas)\s|,\s")
_WORD: Final = regex(r"[a-z0-9][a-z0-9'-]*")
_WORDS_BEFORE: Final = 5
_LONGEST_PHRASE: Final = 3


def read_sentence(text: str, source: str) -> Claim:
    """What a text claims, as far as it is understood."""
    text = text[:_LONGEST].casefold().replace("`", " ")
    counts, text = _counts(text)
    if _TURNED_ROUND.search(text):  # what it then names is what goes
        return with_words(Claim(source=source, counts=counts, is_exact=False))
    for pattern, word in _IN_ONE_WORD.items():
        text = re.sub(pattern, word, text)
    attributes = _TAGS if _TAGS_ALONE.search(text) else ()
    scopes = tuple(_scopes(text))
    if attributes:
        scopes = (Scope(actions=(_UPDATE,), attributes=attributes),)
    said = {action for scope in scopes for action in scope.actions}
    claim = Claim(
        source=source,
        scopes=scopes,
        denied=tuple(scope for scope in _denied(text) if not said.intersection(scope.actions)),
        counts=counts,
        is_exact=False,
    )
    return with_words(claim)


def _counts(text: str) -> tuple[Counts, str]:
    """The numbers, and the text without them: their verbs claim nothing else."""
    found: dict[str, int] = {}
    for number, future, past in _SUMMARY.findall(text):
        name = future or {"chang": "change"}.get(past, past)
        found[name] = found.get(name, 0) + int(number.replace(",", ""))
    text = _SUMMARY.sub(" ", text)
    if not found and _NO_CHANGES.search(text):
        found = {"add": 0, "change": 0, "destroy": 0}
    counts = Counts(
        add=found.get("add"),
        change=found.get("change"),
        destroy=found.get("destroy"),
        imports=found.get("import"),
    )
    return counts, _NO_CHANGES.sub(" ", text)


def _scopes(text: str) -> Iterator[Scope]:
    """One for each clause that says something; it goes on with the verb or noun of the last.

    A noun without any verb claims nothing, unless it is an address or a type in full.
    """
    actions: tuple[ClaimedAction, ...] = ()
    types: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    for clause in _clauses(text):
        named = tuple(_addresses(clause))
        rest = _ADDRESS.sub(" ", clause)
        in_full = tuple(_types_in_full(rest))
        things = tuple(dict.fromkeys((*in_full, *_types(rest))))
        verbs = tuple(dict.fromkeys(_verbs(_TYPE.sub(" ", rest))))
        says_something = verbs or named or in_full or (things and actions)
        if not says_something or (not verbs and _DENIAL.search(clause)):
            continue
        actions = verbs or actions
        if named or things:
            types, addresses = things, named
        if types or not addresses:
            yield Scope(types=types, actions=actions)
        if addresses:
            yield Scope(addresses=addresses, actions=actions)


def _clauses(text: str) -> Iterable[str]:
    return _CLAUSES.split(f"{text} ")


def _addresses(clause: str) -> Iterator[str]:
    for found in _ADDRESS.finditer(clause):
        head = found[0].partition(".")[0]
        if head == "module" or resource_type(head).basis is not Basis.UNKNOWN:
            yield found[0]


def _types_in_full(clause: str) -> Iterator[str]:
    for name in _TYPE.findall(clause):
        if resource_type(name).basis is not Basis.UNKNOWN:
            yield name


def _types(clause: str) -> Iterator[str]:
    """Globs for what is named in words."""
    words = [_singular(word) for word in _WORD.findall(_TYPE.sub(" ", clause))]
    at = 0
    while at < len(words):
        for length in range(_LONGEST_PHRASE, 0, -1):
            globs = _globs(tuple(words[at : at + length])) if at + length <= len(words) else ()
            if globs:
                yield from globs
                at += length
                break
        else:
            at += 1


def _globs(phrase: tuple[str, ...]) -> tuple[str, ...]:
    """The types that a noun names: by our table, or the end of a type's name in the catalog."""
    known = _things().get(" ".join(phrase))
    if known:
        return known
    if len(phrase) < 2:
        return ()
    end = f"_{'_'.join(phrase)}"
    return (f"*{end}", f"*{end}_*") if end in _ends() else ()


@cache
def _things() -> dict[str, tuple[str, ...]]:
    text = Path(__file__).with_name("things.csv").read_text(encoding="utf-8")
    rows = (line.partition(",") for line in text.splitlines()[1:])
    return {words: tuple(globs.split()) for words, _, globs in rows}


@cache
def _ends() -> frozenset[str]:
    """Two and three last words of every known type, without the provider's."""
    parts = [name.split("_")[1:] for basis in Basis for name in known_types(basis)]
    return frozenset(
        f"_{'_'.join(words[-length:])}" for words in parts for length in (2, 3) if words[length:]
    )


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def _verbs(clause: str) -> Iterator[ClaimedAction]:
    for found in _pattern(_ALL_VERBS).finditer(clause):
        if not _is_denied(clause, found.start()):
            yield from _forms()[found[1]]


def _denied(text: str) -> Iterator[Scope]:
    """What is said not to happen, of that which destroys."""
    for clause in _clauses(text):
        types = tuple(dict.fromkeys((*_types_in_full(clause), *_types(clause))))
        for actions, verbs in _DENIED_VERBS.items():
            found = _pattern(tuple(verbs.split())).finditer(clause)
            if any(_is_denied(clause, verb.start()) for verb in found):
                yield Scope(types=types, actions=actions)
        if types and _KEEPING.search(clause):
            yield Scope(types=types, actions=(_DELETE, _REPLACE))
        for actions, nouns in _DENIED_NOUNS.items():
            any_of = "|".join(nouns.split())
            if re.search(rf"\b(?:no|zero|without(?: any)?) (?:resource )?(?:{any_of})s?\b", clause):
                yield Scope(types=types, actions=actions)


def _is_denied(clause: str, at: int) -> bool:
    """Whether one of the last words before the verb turns it round."""
    before = _WORD.findall(clause[:at])[-_WORDS_BEFORE:]
    return "else" not in before and _DENIAL.search(" ".join(before)) is not None


@cache
def _forms() -> dict[str, tuple[ClaimedAction, ...]]:
    """Every form of every verb."""
    return {
        form: actions
        for actions, verbs in _VERBS.items()
        for verb in verbs.split()
        for form in _conjugated(verb)
    }


def _conjugated(verb: str) -> Iterator[str]:
    stem = verb.removesuffix("e")
    yield from (verb, f"{verb}s", f"{stem}ed", f"{stem}ing", f"{verb}{verb[-1]}ed")
    yield from (f"{verb}{verb[-1]}ing", f"{verb}es")
    if verb.endswith("y"):
        yield from (f"{verb[:-1]}ies", f"{verb[:-1]}ied")


@cache
def _pattern(verbs: tuple[str, ...]) -> re.Pattern[str]:
    forms = sorted({form for verb in verbs for form in _conjugated(verb)}, key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(forms)})\b{_NOUNS_AFTER}")

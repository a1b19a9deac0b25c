"""Which branches of which repository an object protects, in every code host's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import msgspec

from iacrisk.plan import UNKNOWN, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.shapes import first_block
from iacrisk.rules.readers.siblings import stays

Tree = dict[str, Any]

_PATTERNED: Final[dict[str, tuple[str, str]]] = {
    "bitbucket_branch_restriction": ("repository", "pattern"),
    "github_branch_protection": ("repository_id", "pattern"),
    "github_branch_protection_v3": ("repository", "branch"),
    "gitlab_branch_protection": ("project", "branch"),
}
_RULESETS: Final = frozenset({"github_organization_ruleset", "github_repository_ruleset"})
_APPROVALS: Final = "aws_codecommit_approval_rule_template"
PROTECTIONS: Final = frozenset({*_PATTERNED, *_RULESETS, _APPROVALS})

_DEFAULTS: Final[dict[str, tuple[str, str]]] = {
    "aws_codecommit_repository": ("repository_name", "default_branch"),
    "github_repository": ("name", "default_branch"),
    "gitlab_project": ("id", "default_branch"),
    "github_branch_default": ("repository", "branch"),
}
"""Who says which branch is the default one; a later entry knows it better."""

_REPOSITORIES: Final = (
    "bitbucket_repository",
    "github_repository",
    "gitlab_project",
)
_PARTS: Final = frozenset(
    {"github_branch_default", "github_repository", "github_repository_environment"}
)
"""What leans on the protection: the branch, and deployments from protected branches."""

_KNOWN_BY: Final = ("full_name", "id", "name", "node_id", "path_with_namespace", "repo_id", "slug")
_DEFAULT: Final = "~DEFAULT_BRANCH"
_ALL: Final = "~ALL"
USUAL: Final = ("main", "master")
"""What the default branch is called where nothing says it."""


class Protected(msgspec.Struct, frozen=True, kw_only=True):
    """Patterns of branches. `repository`: as the object names it, "" for all of an organization."""

    repository: str
    include: frozenset[str]
    exclude: frozenset[str] = frozenset()
    across: bool = False
    """Whether a star in the middle stands for slashes as well."""

    def holds(self, branch: str, default: str | None) -> bool:
        """Whether the branch is among them; `default` is the repository's, None for unknown."""
        return self._among(self.include, branch, default) and not self._among(
            self.exclude, branch, default
        )

    def _among(self, patterns: frozenset[str], branch: str, default: str | None) -> bool:
        is_default = branch == default or (default is None and branch in USUAL)
        return any(
            item == _ALL or (item == _DEFAULT and is_default) or _fits(item, branch, self.across)
            for item in patterns
        )


def protected(type_name: str, values: Tree) -> Protected | None:
    """What the object protects; None where it holds nothing, or the plan cannot tell."""
    if type_name in _RULESETS:
        return _ruleset(values)
    if type_name == _APPROVALS:
        return _approvals(values)
    where, what = _PATTERNED[type_name]
    repository, pattern = values.get(where), values.get(what)
    if not isinstance(repository, str) or not isinstance(pattern, str) or not pattern:
        return None
    return Protected(
        repository=repository,
        include=frozenset({pattern}),
        across=not type_name.startswith("github_"),
    )


def _ruleset(values: Tree) -> Protected | None:
    if values.get("target") != "branch" or values.get("enforcement") != "active":
        return None
    names = first_block(first_block(values.get("conditions")).get("ref_name"))
    include, exclude = names.get("include"), names.get("exclude")
    if not isinstance(include, list) or any(item is UNKNOWN for item in include):
        return None
    return Protected(
        repository=str(values.get("repository") or ""),
        include=_short(include),
        exclude=_short(exclude if isinstance(exclude, list) else []),
    )


def _approvals(values: Tree) -> Protected | None:
    try:
        content = msgspec.json.decode(str(values.get("content")))
    except msgspec.DecodeError:
        return None
    listed = content.get("DestinationReferences") if isinstance(content, dict) else None
    include = _short(listed) if isinstance(listed, list) else frozenset({_ALL})
    return Protected(repository="", include=include)


def _short(items: list[Any]) -> frozenset[str]:
    return frozenset(str(item).removeprefix("refs/heads/") for item in items)


def _fits(pattern: str, branch: str, across: bool) -> bool:
    return bool(_compiled(pattern, across).fullmatch(branch))


@lru_cache(maxsize=1024)
def _compiled(pattern: str, across: bool) -> re.Pattern[str]:
    """Ruby's fnmatch: one star stops at a slash, two do not; sets in brackets are as they are."""
    star = ".*" if across else "[^/]*"
    parts = re.split(r"(\*\*|\*|\?|\[[^\]]+\])", pattern)
    turned = {"**": ".*", "*": star, "?": "[^/]"}
    texts = [turned.get(part) or (part if part[:1] == "[" else re.escape(part)) for part in parts]
    try:
        return re.compile("".join(texts))
    except re.error:
        return re.compile(re.escape(pattern))


def branch_samples(patterns: frozenset[str]) -> Iterator[str]:
    """A branch for each pattern: its own name, or one that its stars stand for."""
    for item in sorted(patterns):
        if item[:1] != "~":
            yield re.sub(r"\[[^\]]+\]|\?", "1", item.replace("*", "1"))


def names_of_repository(
    repository: str, change: ResourceChange, context: Context
) -> frozenset[str]:
    """All that the repository is called in the plan, and its address."""
    found = {repository} - {""}
    for one in context.changes_of(*_REPOSITORIES):
        own = {str(one.before[name]) for name in _KNOWN_BY if one.before.get(name)}
        if repository in own:
            found |= own | {one.label}
    for use in context.graph.dependencies(change.label):
        if use.node.type in _REPOSITORIES and use.node.change is not None:
            one = use.node.change
            found |= {str(one.before[name]) for name in _KNOWN_BY if one.before.get(name)}
            found.add(one.label)
    return frozenset(found)


def parts_of_repository(names: frozenset[str], context: Context) -> Iterator[str]:
    """What leans on the protection of the repository's branches, and stays."""
    for one in context.changes_of(*sorted(_PARTS)):
        own = {str(one.before.get(name)) for name in ("name", "repository")}
        if own & names and stays(one):
            yield one.label


def default_branches(names: frozenset[str], context: Context) -> tuple[str | None, str | None]:
    """The default branch of the repository today and after the plan, None where nothing says it."""
    before = after = None
    for type_name, (where, what) in _DEFAULTS.items():
        for one in context.changes_of(type_name):
            if str(one.before.get(where)) in names and isinstance(one.before.get(what), str):
                before = one.before[what]
            if str(one.after.get(where)) in names and isinstance(one.after.get(what), str):
                after = one.after[what]
    return before, after

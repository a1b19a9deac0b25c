"""Roles within a Kubernetes cluster, EKS's ways into it included."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from iacrisk.catalog.permissions import (
    EKS_ACCESS_POLICIES,
    Power,
)
from iacrisk.patterns import regex
from iacrisk.plan.values import members
from iacrisk.rules.readers.access.role_grant import (
    HOLDERS,
    RoleGrant,
    Tree,
    all_texts,
    decoded,
    first,
    text_of,
)
from iacrisk.rules.readers.shapes import last_part

_Reader = Callable[[str, Tree], Iterator[RoleGrant]]


def binding(type_name: str, tree: Tree) -> Iterator[RoleGrant]:
    reference = first(tree.get("role_ref") or tree.get("roleRef"))
    subjects = tree.get("subject") if "subject" in tree else tree.get("subjects")
    name = text_of(reference.get("name"))
    namespace = text_of(first(tree.get("metadata")).get("namespace"))
    is_wide = "cluster_role_binding" in type_name
    scope = "the cluster" if is_wide else f"namespace {namespace or 'default'}"
    for subject in members(subjects):
        yield RoleGrant(
            principal=_subject(subject),
            role=f"{text_of(reference.get('kind'))} {name}".strip(),
            scope=scope,
            power=_cluster_role_power(name, namespace, is_wide),
        )


def _subject(subject: Tree) -> str:
    kind, name = text_of(subject.get("kind")), text_of(subject.get("name"))
    inside = kind == "ServiceAccount"
    return f"{kind} {text_of(subject.get('namespace'))}/{name}" if inside else f"{kind} {name}"


def _cluster_role_power(name: str, namespace: str, is_wide: bool) -> Power:
    if name == "cluster-admin":
        return Power.ADMIN if is_wide else _in_namespace(namespace)
    return Power.STRONG if is_wide and name in {"admin", "edit"} else Power.ORDINARY


def _in_namespace(namespace: str) -> Power:
    return Power.STRONG if namespace == "kube-system" else Power.BROAD


def cluster_role(type_name: str, tree: Tree) -> Iterator[RoleGrant]:
    rules = tree.get("rule") if "rule" in tree else tree.get("rules")
    is_wide = "cluster_role" in type_name
    name = text_of(first(tree.get("metadata")).get("name"))
    for rule in members(rules):
        groups = all_texts(rule.get("api_groups", rule.get("apiGroups"))) or [""]
        urls = all_texts(rule.get("non_resource_urls", rule.get("nonResourceURLs")))
        resources = [
            f"{group}/{item}" for group in groups for item in all_texts(rule.get("resources"))
        ]
        for verb in all_texts(rule.get("verbs")):
            for resource in [*resources, *urls]:
                yield RoleGrant(
                    principal=HOLDERS,
                    role=f"{verb}:{resource}",
                    scope=f"role {name}",
                    power=_verb_power(verb, resource, is_wide),
                )


def _verb_power(verb: str, resource: str, is_wide: bool) -> Power:
    group, _, kind = resource.partition("/")
    power = Power.ORDINARY
    if verb == "*" and kind == "*" and group in {"*", ""}:
        power = Power.ADMIN
    elif verb in {"bind", "escalate", "impersonate"}:
        power = Power.STRONG
    elif kind in {"secrets", "*"} and group in {"", "*"}:
        power = Power.STRONG if verb == "*" or verb in _WRITING_VERBS else Power.BROAD
    elif "rbac" in group and verb in {"*", *_WRITING_VERBS}:
        power = Power.STRONG
    return power if is_wide else Power(min(power, Power.BROAD))


_WRITING_VERBS: Final = frozenset({"create", "update", "patch", "delete"})
_MANIFESTS: Final[dict[str, tuple[str, _Reader]]] = {
    "ClusterRole": ("kubernetes_cluster_role", cluster_role),
    "ClusterRoleBinding": ("kubernetes_cluster_role_binding", binding),
    "Role": ("kubernetes_role", cluster_role),
    "RoleBinding": ("kubernetes_role_binding", binding),
}


def manifest_grants(_: str, tree: Tree) -> Iterator[RoleGrant]:
    manifest = tree.get("manifest")
    if isinstance(manifest, dict):
        like = _MANIFESTS.get(text_of(manifest.get("kind")))
        if like is not None:
            yield from like[1](like[0], manifest)


_AWS_AUTH_ENTRY: Final = regex(r"[\"']?(rolearn|userarn)[\"']?\s*:\s*[\"']?([^\s\"',}]+)")
_AWS_AUTH_GROUP: Final = regex(r"[\"']?((?:system:)?[\w:.-]+)[\"']?\s*$")


def aws_auth(_: str, tree: Tree) -> Iterator[RoleGrant]:
    """The entries of mapRoles and mapUsers, read from YAML or JSON text."""
    data = tree.get("data")
    if not is_aws_auth(tree) or not isinstance(data, dict):
        return
    for name in ("mapRoles", "mapUsers"):
        for entry in _entries(_plain(data, name)):
            found = _AWS_AUTH_ENTRY.search(entry)
            for group in _groups(entry) if found else ():
                yield RoleGrant(
                    principal=found[2] if found else "",
                    role=group,
                    scope="the cluster",
                    power=Power.ADMIN if group == "system:masters" else Power.ORDINARY,
                )


def _entries(text: str) -> list[str]:
    """The items of the outermost list of a YAML text."""
    lines = text.splitlines()
    first = next((line for line in lines if line.lstrip().startswith("-")), "")
    dash = f"{first[: len(first) - len(first.lstrip())]}-"
    entries: list[str] = []
    for line in lines:
        if line.startswith(dash):
            entries.append(line)
        elif entries:
            entries[-1] += f"\n{line}"
    return entries if first else []


def _plain(data: Tree, name: str) -> str:
    """The text in block style, also where it is JSON."""
    entries = decoded(data.get(name), list)
    if entries is None:
        return text_of(data.get(name))
    return "".join(
        f"- rolearn: {item.get('rolearn') or item.get('userarn')}\n  groups:\n"
        + "".join(f"  - {group}\n" for group in all_texts(item.get("groups")))
        for item in members(entries)
    )


def _groups(entry: str) -> list[str]:
    _, _, rest = entry.partition("groups")
    inline = re.match(r"[\"']?\s*:\s*\[([^\]]*)\]", rest)
    if inline:
        return [item.strip(" \"'\n") for item in inline[1].split(",") if item.strip()]
    found: list[str] = []
    for line in rest.splitlines()[1:]:
        if not line.strip().startswith("-"):
            break
        matched = _AWS_AUTH_GROUP.search(line)
        found += [matched[1]] if matched else []
    return found or ["(no group)"]


def eks_association(_: str, tree: Tree) -> Iterator[RoleGrant]:
    policy = last_part(text_of(tree.get("policy_arn")))
    scope = first(tree.get("access_scope"))
    is_wide = scope.get("type") == "cluster"
    power = EKS_ACCESS_POLICIES.get(policy, Power.ORDINARY)
    yield RoleGrant(
        principal=text_of(tree.get("principal_arn")),
        role=policy,
        scope="the cluster" if is_wide else " ".join(all_texts(scope.get("namespaces"))),
        power=power if is_wide else Power(min(power, Power.BROAD)),
    )


def eks_entry(_: str, tree: Tree) -> Iterator[RoleGrant]:
    for group in all_texts(tree.get("kubernetes_groups")):
        yield RoleGrant(
            principal=text_of(tree.get("principal_arn")),
            role=group,
            scope=text_of(tree.get("cluster_name")),
            power=Power.ADMIN if group == "system:masters" else Power.ORDINARY,
        )


def is_aws_auth(tree: Tree) -> bool:
    """Whether the config map is the one that maps AWS roles to Kubernetes users."""
    return first(tree.get("metadata")).get("name") == "aws-auth"

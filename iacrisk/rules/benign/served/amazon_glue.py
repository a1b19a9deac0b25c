"""Proofs on AWS about small things: guards that stop nobody, images of branches, archives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.plan.policy_document import Effect, Grant, grants_removed, parse_policy
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.programs.running import programs, shows_all_names
from iacrisk.rules.readers.shapes import blocks, json_in, last_part, texts
from iacrisk.rules.readers.siblings import stays

# Denials of what no workload does

_NOBODYS_WORK: Final = regex(
    r"^(organizations:leaveorganization"
    r"|account:(close|delete|put)\w+"
    r"|(access-analyzer|cloudtrail|config|detective|guardduty|inspector2?|macie2?|securityhub):"
    r"(delete|disable|disassociate|stop|remove)\w*\*?"
    r"|cloudtrail:(updatetrail|puteventselectors)"
    r"|s3:putaccountpublicaccessblock|ec2:disableebsencryptionbydefault"
    r"|iam:(deleteaccountpasswordpolicy|createaccesskey)"
    r"|aws-portal:modify\w+|kms:schedulekeydeletion)$"
)
_ROOT: Final = regex(r"^arn:aws[\w-]*:iam::\*:root$")


def why_only_guards(change: ResourceChange, context: Context) -> str | None:
    """Why no workload is refused: what is newly denied only switches guards off, or is root's."""
    rest = change.changed - {"content"}
    if "content" not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    before, after = (parse_policy(tree.get("content")) for tree in (change.before, change.after))
    if before is None or after is None:
        return None
    lost = grants_removed(before, after)
    if lost and all(one.effect is Effect.DENY and _stops_nobody(one) for one in lost):
        return "it denies what switches guards off, which no workload does"
    return None


def _stops_nobody(grant: Grant) -> bool:
    if any(
        clause.key == "aws:principalarn" and all(map(_ROOT.match, clause.values))
        for clause in grant.condition
    ):
        return True
    named = not grant.action.negated and not grant.resource.negated
    return named and all(_NOBODYS_WORK.match(text.lower()) for text in grant.action.patterns)


# Images of branches

_BRANCH: Final = regex(
    r"^(branch|ci|dependabot|dev|draft|feat(ure)?|fix|mr|nightly|pr|preview|pull|renovate|review|"
    r"snapshot|test|tmp|wip)(?![a-z])",
    re.IGNORECASE,
)


def why_branch_images(change: ResourceChange, context: Context) -> str | None:
    """Why no image in use goes: all that newly expires has tags of branches or pull requests."""
    rest = change.changed - {"policy", "id", "registry_id"}
    if "policy" not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    before, after = (_image_rules(tree.get("policy")) for tree in (change.before, change.after))
    if before is None or after is None or any(rule not in after for rule in before):
        return None
    new = [rule for rule in after if rule not in before]
    if not new or not all(map(_is_of_branches, new)):
        return None
    prefixes = [prefix for rule in new for prefix in _prefixes(rule)]
    if any(_runs(prefix, change, context) for prefix in prefixes):
        return None
    return "only images of branches, pull requests and snapshots expire"


def _image_rules(text: Any) -> list[dict[str, Any]] | None:
    document = json_in(text)
    rules = document.get("rules") if isinstance(document, dict) else None
    if not isinstance(rules, list):
        return None
    return [
        {"selection": rule.get("selection"), "action": rule.get("action")}
        for rule in rules
        if isinstance(rule, dict)
    ]


def _prefixes(rule: dict[str, Any]) -> list[str]:
    selection = rule.get("selection")
    found = selection if isinstance(selection, dict) else {}
    return texts(found.get("tagPrefixList"), found.get("tagPatternList"))


def _is_of_branches(rule: dict[str, Any]) -> bool:
    selection = rule.get("selection")
    if isinstance(selection, dict) and selection.get("tagStatus") == "untagged":
        return True
    named = _prefixes(rule)
    return bool(named) and all(map(_BRANCH.match, named))


def _runs(prefix: str, change: ResourceChange, context: Context) -> bool:
    """Whether a program of the plan runs an image of the repository with such a tag."""
    tag = prefix.partition("*")[0]
    name = re.escape(str(change.before.get("repository")))
    wanted = re.compile(rf'/{name}:{re.escape(tag)}[^"\s]*'.encode())
    return any(wanted.search(bytes(one.raw.change.after)) for one in programs(context))


# Parameters that nobody reads

_WEIGHTY: Final = regex(
    r"pass|secret|token|key|cred|cert|pem|private|salt|dsn|url|host|user|login", re.IGNORECASE
)


_PATH: Final = regex(rb"(?::parameter)?/[\w./-]+")


def why_parameter_unread(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the parameter: programs read others of its family, and not this one."""
    name = change.before.get("name")
    if not isinstance(name, str) or "/" not in name:
        return None
    if _WEIGHTY.search(name) or context.consumers(change):
        return None
    told = _told_to_programs(context)
    if name[name.index("/") :].encode() in told:
        return None
    family = f":parameter/{name.strip('/').partition('/')[0]}/".encode()
    if family in told:
        return "programs of the plan read others of the same family, and none reads this one"
    return None


def _told_to_programs(context: Context) -> bytes:
    """All paths that programs are told of, each once; empty where the plan does not show all."""

    def build() -> bytes:
        running = programs(context)
        if not all(map(shows_all_names, running)):
            return b""
        told = (_PATH.findall(bytes(one.raw.change.after)) for one in running)
        return b"\n".join(sorted({path for paths in told for path in paths}))

    return once(context.plan, "told to programs", build)


# Routes for health checks

_HEALTH: Final = regex(
    r"^(GET|HEAD|OPTIONS) /(?:[\w.-]+/){0,2}"
    r"(_?health\w*|livez?|liveness|ping|readyz?|readiness|status|\.well-known/[\w./-]+)/?$",
    re.IGNORECASE,
)


def why_health_route(change: ResourceChange, context: Context) -> str | None:
    """Why everybody may call it: it only says whether the service is well."""
    del context
    key = change.before.get("route_key")
    if not isinstance(key, str) or change.after.get("route_key") != key:
        return None
    if change.changed - {"authorization_type", "authorizer_id", "authorization_scopes"}:
        return None
    return "it is the route of the health check" if is_health_route(key) else None


def is_health_route(text: str) -> bool:
    """Whether `GET /path` only asks whether the service is well."""
    return bool(_HEALTH.match(text))


# Folders of partners


def why_own_folder(change: ResourceChange, context: Context) -> str | None:
    """Why the partner sees nobody else's files: the new folder is called like the partner."""
    rest = change.changed - {"home_directory", "home_directory_mappings"}
    name = change.before.get("user_name")
    if not isinstance(name, str) or (rest and explain(change, context, *rest) is None):
        return None
    old, new = list(_folders(change.before)), list(_folders(change.after))
    if not new or not all(name in path.strip("/").split("/") for path in (*old, *new)):
        return None
    return "the folder is the partner's own, as it was"


def _folders(values: dict[str, Any]) -> Iterator[str]:
    mapped = blocks(values.get("home_directory_mappings"))
    yield from (str(block.get("target")) for block in mapped)
    home = values.get("home_directory")
    if isinstance(home, str) and home not in {"", "/"} and not mapped:
        yield home


# Rights that AWS's own policies give for a feature

_FEATURES: Final[dict[str, tuple[str, ...]]] = {
    "AWSLambdaENIManagementAccess": ("vpc_config",),
    "AWSLambdaVPCAccessExecutionRole": ("vpc_config",),
}
_BASIC: Final = "AWSLambdaBasicExecutionRole"


def why_feature_unused(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses AWS's own policy: the functions of the role do not use its feature."""
    name = last_part(change.before.get("policy_arn"))
    role = change.before.get("role")
    if name not in _FEATURES or not isinstance(role, str):
        return None
    functions = [
        one
        for one in context.changes_of("aws_lambda_function")
        if last_part(one.before.get("role")) == role and one.before
    ]
    if not functions or any(
        blocks(tree.get(argument))
        for one in functions
        for tree in (one.before, one.after)
        for argument in _FEATURES[name]
    ):
        return None
    kept = [
        one
        for one in context.changes_of(change.type)
        if stays(one)
        and one.before.get("role") == role
        and str(one.before.get("policy_arn")).endswith(_BASIC)
    ]
    return "no function of the role is in a network, and it keeps its logs" if kept else None


# Filters for findings

_NARROW: Final = regex(
    r"ipaddress|instanceid|principalid|\.arn$|resource\.|username", re.IGNORECASE
)


def why_aimed_filter(change: ResourceChange, context: Context) -> str | None:
    """Why little is put away unseen: the filter names single machines, addresses or people."""
    del context
    criteria = [
        criterion
        for block in blocks(change.after.get("finding_criteria"))
        for criterion in blocks(block.get("criterion"))
    ]
    aimed = [
        one
        for one in criteria
        if _NARROW.search(str(one.get("field")))
        and texts(one.get("equals"))
        and not any("*" in text or text.endswith("/0") for text in texts(one.get("equals")))
    ]
    return "it puts away findings on single machines or addresses" if aimed else None


# Caches of packages

_PACKAGES: Final = regex(
    r"(^|/)(\.?caches?|\.npm|\.m2|\.gradle|\.yarn|\.pnpm-store|\.cargo/registry|\.nuget|\.ivy2|"
    r"\.composer|\.bundle|\.ccache|ccache|pkg/mod|buildkit)(/|$)",
    re.IGNORECASE,
)
_PARTS: Final = frozenset(
    {
        "aws_efs_access_point",
        "aws_efs_backup_policy",
        "aws_efs_file_system_policy",
        "aws_efs_mount_target",
    }
)
_TASK: Final = "aws_ecs_task_definition"


def why_package_cache(change: ResourceChange, context: Context) -> str | None:
    """Why nothing of value is on it: whoever mounts it keeps a cache of packages there."""
    identity = change.before.get("id")
    if not isinstance(identity, str) or not identity or change.before.get("lifecycle_policy"):
        return None
    paths: list[str] = []
    for one in context.plan.changes:
        if one is change or not one.before or one.type in _PARTS:
            continue
        if identity.encode() not in bytes(one.raw.change.before):
            continue
        if one.type != _TASK:
            return None
        paths += _mounts(one.before, identity)
    if any(use.node.type not in {*_PARTS, _TASK} for use in context.consumers(change)):
        return None
    if paths and all(map(_PACKAGES.search, paths)):
        return "whoever mounts it keeps a cache of packages there, which fills itself again"
    return None


def _mounts(values: dict[str, Any], identity: str) -> Iterator[str]:
    """Where the containers mount the volumes that lie on the file system."""
    volumes = {
        block.get("name")
        for block in blocks(values.get("volume"))
        if identity in str(block.get("efs_volume_configuration"))
    }
    for container in blocks(json_in(values.get("container_definitions"))):
        for mount in blocks(container.get("mountPoints")):
            if mount.get("sourceVolume") in volumes:
                yield str(mount.get("containerPath"))


# Hosts without a record

_HOST: Final = regex(r"^https://([^/:]+)")
_OWN_MACHINE: Final = regex(r"^https?://(?:localhost|127\.0\.0\.1|\[::1\])[:/]")


def why_host_gone(change: ResourceChange, context: Context) -> str | None:
    """Why nobody comes back to the addresses that go: their hosts have no record any more."""
    lists = {"callback_urls", "logout_urls"}
    rest = change.changed - lists
    if rest and explain(change, context, *rest) is None:
        return None
    gone: set[str] = set()
    kept: set[str] = set()
    for name in lists & change.changed:
        before, after = texts(change.before.get(name)), texts(change.after.get(name))
        if any(text not in before for text in after):
            return None
        gone |= {
            _host(text)
            for text in before
            if text not in after and not _is_left_from_work(text, change)
        }
        kept |= {_host(text) for text in after}
    zones = [str(one.before.get("name")).rstrip(".").lower() for one in _zones(context)]
    records = _records(context)
    if not gone or "" in gone or not kept & records or gone & kept:
        return None
    own = all(any(host.endswith(f".{zone}") for zone in zones) for host in gone)
    if any(f"*.{host.partition('.')[2]}" in records for host in gone):
        return None
    return "the zone of the plan has no record of the host" if own and not gone & records else None


def _is_left_from_work(text: str, change: ResourceChange) -> bool:
    """Whether only who builds the program comes back there: what has a secret runs on servers."""
    return bool(_OWN_MACHINE.match(text)) and change.before.get("generate_secret") is True


def _host(text: str) -> str:
    matched = _HOST.match(text)
    return matched[1].lower() if matched else ""


def _zones(context: Context) -> list[ResourceChange]:
    return [one for one in context.changes_of("aws_route53_zone") if stays(one)]


def _records(context: Context) -> set[str]:
    found: set[str] = set()
    for one in context.changes_of("aws_route53_record"):
        for name in (one.before.get("fqdn"), one.before.get("name"), one.after.get("name")):
            if isinstance(name, str):
                found.add(name.rstrip(".").lower())
    return found

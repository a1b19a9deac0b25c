"""Whether a change only names a newer version of the same code."""

from __future__ import annotations

from typing import Any

from iacrisk.rules.readers.shapes import json_in


def same_repository(before: Any, after: Any) -> bool:
    """Whether two image references differ in tag or digest only."""
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    return bool(_repository(before)) and _repository(before) == _repository(after)


def same_versions(before: Any, after: Any) -> bool:
    """Whether two lists of layer ARNs name the same layers, in order, in any version."""
    if not isinstance(before, list) or not isinstance(after, list):
        return False
    names = [[str(arn).rpartition(":")[0] for arn in arns] for arns in (before, after)]
    return all(names[0]) and names[0] == names[1]


def only_image_changes(before: Any, after: Any) -> bool:
    """Whether two texts of container definitions differ in image versions only."""
    old, new = _containers(before), _containers(after)
    if not old or old.keys() != (new or {}).keys() or new is None:
        return False
    return all(_same_but_image(old[name], new[name]) for name in old)


def _same_but_image(old: dict[str, Any], new: dict[str, Any]) -> bool:
    images = old.get("image"), new.get("image")
    rest = [_plain({**item, "image": None}) for item in (old, new)]
    return rest[0] == rest[1] and (images[0] == images[1] or same_repository(*images))


def _containers(text: Any) -> dict[str, dict[str, Any]] | None:
    decoded = json_in(text)
    if not isinstance(decoded, list) or not all(isinstance(item, dict) for item in decoded):
        return None
    return {str(item.get("name")): item for item in decoded}


def _plain(container: dict[str, Any]) -> dict[str, Any]:
    """Without what ECS fills in by itself; the environment in order of names."""
    kept = {name: value for name, value in container.items() if value not in (None, [], {}, 0, "")}
    for name in ("environment", "secrets"):
        if isinstance(kept.get(name), list):
            kept[name] = sorted(kept[name], key=repr)
    return kept


def _repository(image: str) -> str:
    name = image.partition("@")[0]
    path, slash, last = name.rpartition("/")
    return path + slash + last.partition(":")[0]

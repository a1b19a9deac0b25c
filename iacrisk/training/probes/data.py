"""Data survival: what was put into a store before the edit has to be in it afterwards."""

from __future__ import annotations

from iacrisk.training.inventory import Thing
from iacrisk.training.outcome import Harm, Probe
from iacrisk.training.probes.scene import Answers, Scene, answer

_WITH_CONTENT = frozenset({"bucket", "table", "queue", "stream", "log-group", "repository"})
_BY_IDENTITY = frozenset(
    {"database", "warehouse", "file-system", "volume", "search", "cache", "user-pool"}
)
"""Their content cannot be written here; a store that was made anew is empty."""


def probe_data(scene: Scene) -> Answers:
    """One answer for each store that is worth something."""
    for store in scene.before:
        if scene.worth(store) != "precious":
            continue
        if store.kind in _WITH_CONTENT and store.facts["content"]:
            detail = _content_fault(scene, store)
            yield (
                f"data {store.label}",
                answer(not detail, "data_loss", "data", store, "", detail),
            )
        elif store.kind == "secret" and store.facts["value"] is not None:
            now = scene.now.get("secret", store.name)
            kept = now is not None and now.facts["value"] is not None
            yield (
                f"data {store.label}",
                answer(kept, "data_loss", "data", store, "", "the value is gone"),
            )
        elif store.kind in _BY_IDENTITY:
            yield f"data {store.label}", _survival(scene, store)


def _content_fault(scene: Scene, store: Thing) -> str:
    now = scene.now.get(store.kind, store.name)
    if now is None:
        return "the store is gone"
    content, earlier = now.facts["content"], store.facts["content"]
    if isinstance(earlier, list):
        lost = [key for key in earlier if key not in content]
        return f"{len(lost)} of {len(earlier)} objects are gone" if lost else ""
    return f"{content} of {earlier} are left" if content < earlier else ""


def _survival(scene: Scene, store: Thing) -> Probe:
    same = scene.now.same(store)
    saved = any(each.facts["of"] == store.name for each in scene.now.of("snapshot"))
    harm: Harm = "outage" if saved else "data_loss"
    made_anew = scene.now.get(store.kind, store.name) is not None
    detail = "made anew, empty" if made_anew else "gone"
    return answer(
        same is not None, harm, "data", store, "", detail + ", a snapshot is kept" * saved
    )

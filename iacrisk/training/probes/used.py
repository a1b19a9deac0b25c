"""Names that somebody outside the stack uses."""

from __future__ import annotations

from iacrisk.training.probes.scene import Answers, Scene, answer


def probe_used(scene: Scene) -> Answers:
    """One answer for each such name: the thing is still called that."""
    for use in scene.intents.used:
        now = scene.now.find(use.target)
        detail = f"used by {use.by or 'others'}"
        victim = scene.before.find(use.target)
        yield (
            f"used {use.target}",
            answer(now is not None, "outage", "used", victim, use.target, detail),
        )

"""Messages: sent for real where the emulator can deliver, judged by the wiring elsewhere."""

from __future__ import annotations

from iacrisk.training.intents import Delivery
from iacrisk.training.outcome import Probe
from iacrisk.training.probes.scene import Answers, Scene, answer
from iacrisk.training.probes.sending import send_and_receive
from iacrisk.training.probes.wiring import wiring_fault


def probe_delivery(scene: Scene) -> Answers:
    """One answer for each delivery."""
    for number, delivery in enumerate(scene.intents.deliveries):
        route = f" {delivery.route}" if delivery.route else ""
        name = f"delivery {delivery.source}{route}>{delivery.target} {number}"
        yield name, _delivery(scene, delivery)


def _delivery(scene: Scene, delivery: Delivery) -> Probe:
    target = scene.find(delivery.target)
    sent_by = delivery.source.partition(":")[0]
    source = None if sent_by == "event" else scene.find(delivery.source)

    def said(works: bool | None, detail: str = "") -> Probe:
        victim = target or scene.before.find(delivery.target)
        return answer(works, "outage", "delivery", victim, delivery.target, detail, source)

    if target is None:
        return said(False, "the target is gone")
    if source is None and sent_by != "event":
        return said(False, "the source is gone")
    if target.kind == "queue" and sent_by in ("topic", "queue", "bucket", "event"):
        fault = send_and_receive(scene, delivery, source, target)
    else:
        fault = wiring_fault(scene, delivery, source, target)
    return said(None if fault is None else not fault, fault or "")

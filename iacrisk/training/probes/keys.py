"""Key use: what was encrypted before the edit has to be readable afterwards."""

from __future__ import annotations

from iacrisk.training.outcome import Harm
from iacrisk.training.probes.scene import Answers, Scene, answer


def probe_keys(scene: Scene) -> Answers:
    """One answer for each key under which something was encrypted."""
    for key in scene.before.of("key"):
        ciphertext = scene.seeds.ciphertexts.get(key.identity)
        if ciphertext is None:
            continue
        now = scene.now.same(key)
        state = now.facts["state"] if now else "gone"
        read = scene.cloud.ask("kms", "decrypt", CiphertextBlob=ciphertext)
        works = state == "Enabled" and read is not None
        harm: Harm = "access_loss" if state == "Disabled" else "data_loss"
        yield f"decrypt {key.label}", answer(works, harm, "keys", key, "", f"the key is {state}")

"""The seal: a hash over the model and all that its manifest says, so that none changes alone."""

from __future__ import annotations

from hashlib import sha256

import msgspec

from iacrisk.classifier.artifact import Manifest


def sealed(manifest: Manifest) -> Manifest:
    """The manifest with its seal, and without a signature, which would be of another seal."""
    return msgspec.structs.replace(manifest, seal=seal_of(manifest), signature="")


def seal_of(manifest: Manifest) -> str:
    """The seal that fits; it covers the model by the hash in the manifest."""
    rest = msgspec.structs.replace(manifest, seal="", signature="")
    return sha256(msgspec.json.encode(rest, order="deterministic")).hexdigest()


def encode_manifest(manifest: Manifest) -> bytes:
    """The manifest as it is written."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"

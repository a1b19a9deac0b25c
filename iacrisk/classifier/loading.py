"""Reading a model: the manifest first, and nothing that does not fit it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from iacrisk.classifier.artifact import (
    FORMAT,
    MANIFEST_FILE,
    Artifact,
    HitArtifact,
    HitManifest,
    Manifest,
    Part,
)
from iacrisk.classifier.model import HitModel, Model
from iacrisk.classifier.sealing import seal_of
from iacrisk.errors import UnusableModel
from iacrisk.features import FEATURE_SCHEMA, HIT_SCHEMA

_PACKAGED: Final = Path(__file__).parent.parent / "models"
_IN_CHECKOUT: Final = Path(__file__).parent.parent.parent / "models"
MODEL_FOLDER: Final = _PACKAGED if _PACKAGED.is_dir() else _IN_CHECKOUT
"""The shipped model: inside the package once installed, beside it in a checkout."""


def place_of(folder: str, allowed_signers: str) -> tuple[Path, Path | None]:
    """Where a stated model lies and who may have signed it; the shipped one came with the package.

    Both as a policy states them; without a folder the shipped one is meant.
    """
    if not folder:
        return MODEL_FOLDER, None
    return Path(folder), Path(allowed_signers) if allowed_signers else None


P = TypeVar("P", bound=Part)
A = TypeVar("A", Artifact, HitArtifact)


def load_model(folder: Path = MODEL_FOLDER, allowed_signers: Path | None = None) -> Model:
    """The model in `folder`; raises UnusableModel where anything does not fit.

    With `allowed_signers` (the format of ssh-keygen) one of them has to have signed it.
    """
    manifest = _manifest(folder, allowed_signers)
    fits = manifest.feature_schema == FEATURE_SCHEMA
    return Model(_artifact(folder, manifest, manifest.iacrisk, Artifact, fits=fits), manifest)


def load_hit_model(
    folder: Path = MODEL_FOLDER, allowed_signers: Path | None = None
) -> HitModel | None:
    """The model of who is hit in `folder`, None where there is none; verified like the other.

    Raises UnusableModel where anything does not fit.
    """
    manifest = _manifest(folder, allowed_signers)
    hits = manifest.hits
    if hits is None:
        return None
    fits = hits.feature_schema == HIT_SCHEMA
    return HitModel(_artifact(folder, hits, manifest.iacrisk, HitArtifact, fits=fits))


def _manifest(folder: Path, allowed_signers: Path | None) -> Manifest:
    manifest = _decode(_read(folder / MANIFEST_FILE), Manifest, MANIFEST_FILE)
    if seal_of(manifest) != manifest.seal:
        raise UnusableModel(
            f"{MANIFEST_FILE} is not as it was sealed: it was changed, or made by an older release."
        )
    if allowed_signers is not None:
        from iacrisk.classifier.signing import verify  # noqa: PLC0415 - few want it

        verify(manifest.seal, manifest.signature, allowed_signers)
    return manifest


def _artifact(
    folder: Path, described: Manifest | HitManifest, made_by: str, kind: type[A], *, fits: bool
) -> A:
    name = Path(described.model).name
    raw = _read(folder / name)
    if sha256(raw).hexdigest() != described.sha256:
        raise UnusableModel(f"{name} is not the file that its manifest describes.")
    if not fits:
        raise UnusableModel(
            f"{name} was trained on other columns than this release extracts "
            f"(by iacrisk {made_by})."
        )
    artifact = _decode(raw, kind, name)
    if artifact.format != FORMAT:
        raise UnusableModel(f"{name} has format {artifact.format}; this release reads {FORMAT}.")
    _check(artifact, name)
    return artifact


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableModel(f"Cannot read {path.name}: {error.strerror}.") from error


def _decode(raw: bytes, kind: type[P], name: str) -> P:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnusableModel(f"{name}: {error}.") from error


def _check(artifact: Artifact | HitArtifact, name: str) -> None:
    """Tables have as many amounts as their cuts make intervals."""
    fits = all(_is_table(term.cuts, len(term.amounts)) for term in artifact.terms) and all(
        _is_table(pair.cuts[0], len(pair.amounts))
        and all(_is_table(pair.cuts[1], len(row)) for row in pair.amounts)
        for pair in artifact.pairs
    )
    if not fits:
        raise UnusableModel(f"{name}: a table does not fit its cuts.")


def _is_table(cuts: tuple[float, ...], amounts: int) -> bool:
    return amounts == len(cuts) + 1 and list(cuts) == sorted(cuts)

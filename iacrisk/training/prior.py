"""What the shipped model learnt from, small enough to travel with it.

`prior.jsonl.xz` beside the model holds the lab's rows as examples: columns instead of plans. The
first line says of which rows and of which columns; one example follows on each line. So users can
learn from their own outcomes together with the lab's, wherever iacrisk is installed.
"""

from __future__ import annotations

import lzma
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from iacrisk.errors import UnusableModel
from iacrisk.features import FEATURE_SCHEMA
from iacrisk.training.examples import Example

PRIOR_FILE: Final = "prior.jsonl.xz"
DATA_KEY: Final = "prior"
"""In the manifest's `data`: the hash of the file, without the packing."""

_FORMAT: Final = 1
_FILTERS: Final = [{"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 1 << 24}]
_MOST: Final = 1 << 28


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    format: int
    feature_schema: str
    rows: str
    examples: int


class Prior(msgspec.Struct, frozen=True, kw_only=True):
    """The lab's examples, and the hash of the rows that they were made from."""

    rows: str
    examples: tuple[Example, ...]


def encode_prior(examples: Sequence[Example], rows: str) -> bytes:
    """The file's content, not packed; the same examples give the same bytes.

    Whom a report could name is left out: it is large, and own outcomes do not teach that.
    """
    head = _Head(format=_FORMAT, feature_schema=FEATURE_SCHEMA, rows=rows, examples=len(examples))
    kept = (msgspec.structs.replace(example, told=None) for example in examples)
    encoder = msgspec.json.Encoder(order="deterministic")
    return b"".join(encoder.encode(item) + b"\n" for item in (head, *kept))


def write_prior(content: bytes, folder: Path) -> None:
    """Write what `encode_prior` made."""
    packed = lzma.compress(content, format=lzma.FORMAT_XZ, filters=_FILTERS)
    (folder / PRIOR_FILE).write_bytes(packed)


def content_hash(content: bytes) -> str:
    """What the manifest says of the file; the packing may differ from machine to machine."""
    return sha256(content).hexdigest()


def read_prior(folder: Path, wanted: str) -> Prior:
    """The examples beside a model whose manifest wants this hash of them.

    Raises UnusableModel.
    """
    content = _unpack(folder / PRIOR_FILE)
    if content_hash(content) != wanted:
        raise UnusableModel(f"{PRIOR_FILE} is not the file that the manifest describes.")
    try:
        first, *rest = content.splitlines()
        head = msgspec.json.decode(first, type=_Head)
        if head.format != _FORMAT or head.feature_schema != FEATURE_SCHEMA:
            raise UnusableModel(f"{PRIOR_FILE} was made by another release.")
        decoder = msgspec.json.Decoder(Example)
        examples = tuple(map(decoder.decode, rest))
    except (ValueError, msgspec.DecodeError) as error:
        raise UnusableModel(f"{PRIOR_FILE} cannot be read: {error}.") from error
    return Prior(rows=head.rows, examples=examples)


def _unpack(path: Path) -> bytes:
    try:
        with lzma.open(path) as file:
            return file.read(_MOST)
    except OSError as error:
        raise UnusableModel(f"Cannot read {path.name}: {error.strerror}.") from error
    except (EOFError, lzma.LZMAError) as error:
        raise UnusableModel(f"{path.name} is damaged: {error}.") from error

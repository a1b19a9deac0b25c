"""Another file, or another spelling of what is signed."""

from __future__ import annotations

import json
from functools import partial

import msgspec

from iacrisk.approval.envelope import LARGEST
from tests.approval.cheats.making import (
    DAY,
    PREDICATE,
    Cheat,
    Cheats,
    forged,
    member,
    rewritten,
    signed,
    stamp,
)
from tests.approval.world import NOW, Edit, put


def doubled(data: bytes, name: str, value: str) -> bytes:
    """The JSON object with a member said twice."""
    return b"{" + f'"{name}":"{value}",'.encode() + data.lstrip()[1:]


def payload(edit: Edit) -> Cheat:
    """The statement is edited under the honest signature."""

    def rewrite(data: bytes) -> bytes:
        envelope = json.loads(data)
        content = json.loads(msgspec.json.decode(f'"{envelope["payload"]}"', type=bytes))
        edit(content)
        raw = msgspec.json.encode(content, order="sorted")
        envelope["payload"] = json.loads(msgspec.json.encode(raw))
        return json.dumps(envelope, separators=(",", ":")).encode()

    return rewritten(rewrite)


NO_APPROVAL = "The file is no approval, or a damaged one."
NOT_OURS = "The file is not spelled as iacrisk spells it."
NOT_SPELLED = "The statement is not spelled as iacrisk spells it."
NONE_OF_OURS = "The statement is none that this release writes"

OTHER_FILE: Cheats = {
    "cut short": (rewritten(lambda data: data[: len(data) // 2]), NO_APPROVAL),
    "empty": (rewritten(lambda _: b""), NO_APPROVAL),
    "a list": (rewritten(lambda data: b"[" + data + b"]"), NO_APPROVAL),
    "two in one": (rewritten(lambda data: data + data), NO_APPROVAL),
    "no text": (rewritten(lambda _: b"\xff\xfe\x00{"), NO_APPROVAL),
    "nested without end": (rewritten(lambda _: b"[" * 100_000), NO_APPROVAL),
    "too large": (
        rewritten(lambda data: data + b" " * LARGEST),
        f"The file is larger than {LARGEST:,} bytes.",
    ),
    "members reordered": (
        rewritten(lambda data: json.dumps(dict(reversed(json.loads(data).items()))).encode()),
        NOT_OURS,
    ),
    "a member said twice": (rewritten(partial(doubled, name="signature", value="x")), NOT_OURS),
    "a member more": (member("note", "approved by all"), NO_APPROVAL),
    "another type of payload": (
        member("payloadType", "text/plain"),
        "The file holds something else than an in-toto statement.",
    ),
    "no base64": (member("payload", "e30=!"), NO_APPROVAL),
    "a later end": (
        payload(lambda content: put(content, f"{PREDICATE}expires", stamp(NOW + 2 * DAY))),
        "The signature is not one of this statement.",
    ),
    "another approver": (
        payload(lambda content: put(content, f"{PREDICATE}approver", "bob@example.com")),
        "The signature is not one of this statement.",
    ),
    "signed with spaces": (signed(lambda raw: json.dumps(json.loads(raw)).encode()), NOT_SPELLED),
    "signed in another order": (
        signed(
            lambda raw: json.dumps(
                dict(reversed(json.loads(raw).items())), separators=(",", ":")
            ).encode()
        ),
        NOT_SPELLED,
    ),
    "signed with a member twice": (
        signed(partial(doubled, name="_type", value="https://in-toto.io/Statement/v1")),
        NOT_SPELLED,
    ),
    "signed with a member more": (forged(f"{PREDICATE}scope", "everything"), NONE_OF_OURS),
    "signed and cut short": (signed(lambda raw: raw[:-1]), NONE_OF_OURS),
    "signed nothing": (signed(lambda _: b""), NONE_OF_OURS),
    "another predicate": (
        forged("predicateType", "https://slsa.dev/provenance/v1"),
        NONE_OF_OURS,
    ),
    "another kind of statement": (
        forged("_type", "https://in-toto.io/Statement/v0.1"),
        NONE_OF_OURS,
    ),
}

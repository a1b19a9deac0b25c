"""The provider's schema is cut down to the types in use, byte for byte otherwise."""

from iacrisk.training.provider import cut_schema


def field(number: int, body: bytes) -> bytes:
    assert len(body) < 128
    return bytes([number << 3 | 2, len(body)]) + body


def entry(number: int, key: bytes) -> bytes:
    return field(number, field(1, key) + field(2, b"schema"))


def test_only_types_in_use_are_kept() -> None:
    provider, diagnostics = field(1, b"provider"), field(4, b"none")
    message = (
        provider + entry(2, b"aws_vpc") + entry(2, b"aws_eip") + entry(3, b"aws_ami") + diagnostics
    )
    kept = cut_schema(message, frozenset({"aws_vpc", "aws_ami"}))
    assert kept == provider + entry(2, b"aws_vpc") + entry(3, b"aws_ami") + diagnostics
    assert cut_schema(message, frozenset()) == provider + diagnostics

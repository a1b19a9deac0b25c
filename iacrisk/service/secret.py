"""A text that no log, message or repr shows."""

from __future__ import annotations


class Secret:
    """Holds a secret; only `reveal` gives it away."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Keep `text`."""
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one call that needs it."""
        return self._text

    def __bool__(self) -> bool:
        """Whether there is any text."""
        return bool(self._text)

    def __repr__(self) -> str:
        """Never the text."""
        return "Secret(***)"

    def __reduce__(self) -> tuple[type[Secret], tuple[str]]:
        """Refuse to be written by pickle."""
        raise TypeError("a secret is not pickled")

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same text."""
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        """Of the text."""
        return hash(self._text)

"""Who decides, as their sign-in vouches for them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from iacrisk.approval import Signer


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in person. `who`: the name that policies know them by, an e-mail address mostly.

    `subject` and `issuer` never change; `aliases` are further names, such as a user name.
    """

    who: str
    subject: str
    issuer: str
    aliases: tuple[str, ...] = ()

    @property
    def signer(self) -> Signer:
        """The same as approvals know who vouches: here the sign-in takes the place of a key."""
        return Signer(names=(self.who,), key=f"{self.issuer}#{self.subject}", kind="sign-in")

    def is_any_of(self, authors: Iterable[str]) -> bool:
        """Whether one of the authors may be this person.

        HCP knows people by user names, sign-ins by addresses; what stands before the @ has to do.
        Rather refuse two people of one name than let one approve their own change.
        """
        own = {_short(name) for name in (self.who, *self.aliases) if name}
        return not own.isdisjoint(_short(author) for author in authors if author)


def _short(name: str) -> str:
    address = name.rpartition("<")[2].rstrip("> \t") if name.rstrip().endswith(">") else name
    return address.strip().partition("@")[0].casefold()

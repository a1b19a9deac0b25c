"""What is told to whoever starts the service."""

from __future__ import annotations

import datetime

from iacrisk.service.people.admin_token import issue_admin_token
from iacrisk.service.people.person import Lifetimes
from iacrisk.service.settings import AdminToken, Settings
from iacrisk.service.storage import Store


def word_at_boot(settings: Settings, store: Store, now: datetime.datetime) -> str:
    """How the first administrator signs in, with a new token; "" where none is wanted."""
    asked = settings.sign_in
    match asked.admin_token:
        case AdminToken.NEVER:
            return ""
        case AdminToken.WITHOUT_PROVIDER if asked.issuer:
            return ""
        case AdminToken.WITHOUT_PROVIDER | AdminToken.ALWAYS:
            pass
    minutes = asked.admin_token_minutes
    lifetimes = Lifetimes(admin_token=datetime.timedelta(minutes=minutes))
    with store.begin() as connection:
        token = issue_admin_token(connection, now, lifetimes)
    return (
        f"iacrisk: sign in at {settings.public_url.rstrip('/')}/sign-in within {minutes} minutes, "
        f"once, with the admin token {token}\n"
    )

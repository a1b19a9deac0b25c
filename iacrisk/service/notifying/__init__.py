"""Tells other programs when something starts to wait for a person, and when it is decided.

Two channels: a signed webhook (Standard Webhooks) for programs, and JSON that Slack takes.
"""

from iacrisk.service.notifying.announcing import announce
from iacrisk.service.notifying.sending import Sender
from iacrisk.service.notifying.signing import refuse_bad_settings

__all__ = ["Sender", "announce", "refuse_bad_settings"]

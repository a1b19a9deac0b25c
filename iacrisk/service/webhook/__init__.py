"""The webhook of a run task: signature first, then the payload, then the answer."""

from iacrisk.service.webhook.routes import take_webhook

__all__ = ["take_webhook"]

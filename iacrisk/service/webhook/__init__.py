"""The webhook of a run task: signature first, then the payload, then the answer."""

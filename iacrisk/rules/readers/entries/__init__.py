"""Entry points: where requests go, what filters them, who answers."""

"""What the service keeps: assessments, decisions, deliveries, people. One module per subject."""

from iacrisk.service.storage.store import Store, open_store

__all__ = ["Store", "open_store"]

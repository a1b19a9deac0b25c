"""Arguments by the catalog's tables: directions, sizes, schedules, guards."""

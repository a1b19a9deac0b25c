"""Who may decide on a held plan, and what counts."""

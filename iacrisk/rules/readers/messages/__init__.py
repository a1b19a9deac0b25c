"""Who is told of what: feeds, subscriptions, queries, silences, and what they let through."""

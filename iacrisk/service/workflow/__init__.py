"""The durable workflow of one task result: fetch, score, hold, call back."""

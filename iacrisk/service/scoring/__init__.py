"""Judging plans in processes of their own, with caps on time and memory."""

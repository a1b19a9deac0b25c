"""Data that goes: it is read by nobody, kept elsewhere, or made again."""

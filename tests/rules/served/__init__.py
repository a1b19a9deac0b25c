"""Pairs where the plan itself proves that everybody is still served, and their dangerous twins."""

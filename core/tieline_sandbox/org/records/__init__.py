"""Rows: checking and writing them, the platform's own rules, deletes."""

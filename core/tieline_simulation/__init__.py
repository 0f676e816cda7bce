"""Seeded histories of the real engine against in-process systems, on a virtual clock, with an oracle that judges."""

"""Users, sessions and the ways to log in."""

"""Runs cycles: assembles a back office's engine from what the host knows, once or for ever."""

"""The web process: health, messages from vendors, and what mounts on it later."""

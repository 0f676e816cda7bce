"""The host: its state directory, plugins, declarations, secrets and connections. It knows no vendor."""

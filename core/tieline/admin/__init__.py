"""What an administrator chooses: which objects and fields travel, which way, and when. Kept as one YAML file."""

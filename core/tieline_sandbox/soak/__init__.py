"""The soak: real processes of the product between a local org and a local back office, killed again and again in bad
weather while people edit, and judged by both systems' own logs."""

"""The demonstration: a local org and a local back office on this machine, tied together by the real product."""

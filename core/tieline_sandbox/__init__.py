"""Local stand-ins for vendor systems, and the test plane they share.

A sandbox is `handle(request) -> response` over its own state. It speaks the vendor's wire contract and shares no
code with the clients that talk to it. Doors put it behind plain HTTP, TLS or a CONNECT proxy; the plane (under
`/__sandbox__/`) injects faults, moves the clock, edits as a user and shows the ground-truth mutation log.
"""

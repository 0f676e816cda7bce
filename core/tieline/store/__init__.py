"""Where Tieline keeps what it knows: links, calls, cursors, audit. No business rules."""

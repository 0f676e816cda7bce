"""The pieces of the HTTP transport: where it may go, how it gets there, and one exchange once there."""

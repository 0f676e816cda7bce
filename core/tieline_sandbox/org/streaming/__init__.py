"""Change notifications: change events over CometD long polling."""

"""The command line: parse, call, print. What a command does stands in the host's rooms."""

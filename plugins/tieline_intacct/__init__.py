"""Tieline's plugin for Sage Intacct."""

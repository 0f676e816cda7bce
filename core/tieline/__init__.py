"""Tieline ties a CRM org to back offices: one plugin per ERP, the host does the rest."""

from tieline.contract import hookimpl

__all__ = ["hookimpl"]

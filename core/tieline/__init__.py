"""Tieline ties a CRM org to back offices: one plugin per ERP, the host does the rest."""

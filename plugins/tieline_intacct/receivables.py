"""What customers owe and what they paid: read as it is, made and changed in Intacct alone."""

from __future__ import annotations

from tieline_intacct.resource import Resource


class _ReadOnly(Resource):
    """Known by its record number."""

    key = "RECORDNO"
    creatable = updatable = deletable = False


class Invoices(_ReadOnly):
    """The receivable that a posted document made. It is deleted and made anew whenever the document is edited [D]."""

    name = kind = "ARINVOICE"


class Payments(_ReadOnly):
    """Money received, drafts and reversed payments too."""

    name = kind = "ARPYMT"

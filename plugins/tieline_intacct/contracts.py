"""Contracts and their lines: read as they are, made and changed in Intacct alone."""

from __future__ import annotations

from tieline_intacct.resource import Resource


class Contracts(Resource):
    name = kind = "CONTRACT"
    key = "CONTRACTID"
    creatable = updatable = deletable = False


class ContractLines(Resource):
    """Not part of their contract's record: each has a stamp of its own."""

    name = kind = "CONTRACTDETAIL"
    key = "RECORDNO"
    creatable = updatable = deletable = False

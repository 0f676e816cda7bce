"""Products. Whether lists leave obsolete ones out is not documented; the customers' filter is taken to hold [P]."""

# ruff: noqa: ARG002 - a hook's signature

from __future__ import annotations

from tieline.contract import Shape
from tieline_unleashed.resource import Resource
from tieline_unleashed.wire import Query


class Products(Resource):
    name = "Products"

    def list_query(self, shape: Shape) -> Query:
        return [("includeObsolete", "true")]

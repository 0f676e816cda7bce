"""Every object of the company: its fields, what they may hold, and where they point.

The declarations are the TOML files beside this one. Names, required flags, types, enum values and stored codes are the
vendor reference's [D]; lengths, and the names of relations, are proposals [I] where nothing else is said. `functions`
has one letter for each: L lookup, Q query, B readByQuery, R read, N readByName, C create, U update, D delete.
"""

from tieline_intacct.sandbox.catalogue.loading import Catalogue, standard
from tieline_intacct.sandbox.catalogue.types import Field, Kind, ObjectType, Reference

__all__ = ["Catalogue", "Field", "Kind", "ObjectType", "Reference", "standard"]

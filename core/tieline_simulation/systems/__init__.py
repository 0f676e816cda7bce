"""One CRM and back offices of every shape, in this process."""

from tieline_simulation.systems.base import Row, Toy
from tieline_simulation.systems.crm import ToyCrm
from tieline_simulation.systems.erps import AsyncErp, ForgetfulErp, VersionedErp, WholeErp

__all__ = ["AsyncErp", "ForgetfulErp", "Row", "Toy", "ToyCrm", "VersionedErp", "WholeErp"]

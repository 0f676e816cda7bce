"""One org, open: records, metadata and what both share."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tieline.contract import Clock, Randomness, Transport
from tieline.contract.naming import ERP_KEY
from tieline.org.client import OrgClient
from tieline.org.control import ControlPlane
from tieline.org.describe import Describer
from tieline.org.http import RequestsTransport
from tieline.org.limits import Limits
from tieline.org.metadata import MetadataClient
from tieline.org.session import Session
from tieline.org.settings import OrgSettings


@dataclass(frozen=True, slots=True)
class Org:
    """Use it as a context manager, or call `close`."""

    session: Session
    records: OrgClient
    metadata: MetadataClient
    describer: Describer
    control: ControlPlane
    transport: RequestsTransport | None = None

    @property
    def limits(self) -> Limits:
        return self.session.limits

    @property
    def url(self) -> str:
        """Where a person finds the org; logs in."""
        return self.session.grant().instance_url

    @property
    def user_id(self) -> str:
        """The integration user's id; logs in."""
        return self.session.grant().user_id

    def close(self) -> None:
        if self.transport:
            self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_org(
    settings: OrgSettings,
    *,
    clock: Clock,
    randomness: Randomness,
    transport: Transport | None = None,
    marker: str = ERP_KEY,
) -> Org:
    """Nothing is sent before the first call. A `transport` given stays the caller's to close."""
    own = None if transport else RequestsTransport(settings, clock)
    used = transport or own
    assert used is not None
    session = Session(settings, used, clock, randomness)
    control = ControlPlane(session)
    describer = Describer(control.describe)
    records = OrgClient(session, describer, marker)
    return Org(session, records, MetadataClient(session), describer, control, own)

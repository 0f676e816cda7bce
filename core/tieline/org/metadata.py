from __future__ import annotations

from tieline.org.session import Session


class ComponentResult: ...


class DeployResult: ...


class MetadataClient:
    def __init__(self, session: Session) -> None:
        self._session = session

"""The org's metadata: deploy, retrieve, list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tieline.contract import AnswerLost, PermanentError
from tieline.org.package_zip import unpack
from tieline.org.session import Session
from tieline.org.soap import MetadataSoap

Progress = Callable[[int, int], None]
_MANIFESTS = ("package.xml", "destructiveChanges")
_FIRST_WAIT, _LONGEST_WAIT = 0.25, 5.0
_DEADLINE = 1800.0
_OPTIONS = {
    "allowMissingFiles": False,
    "autoUpdatePackage": False,
    "ignoreWarnings": True,
    "performRetrieve": False,
    "singlePackage": True,
    "testLevel": "NoTestRun",
}


@dataclass(frozen=True, slots=True)
class ComponentResult:
    """What became of one component. `problem` may be a warning beside success; `line` is 0 when unknown."""

    kind: str
    full_name: str
    created: bool
    changed: bool
    deleted: bool
    success: bool
    problem: str = ""
    line: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class DeployResult:
    """A finished deployment. `errors` are sentences; a failed one changed nothing when rolled back on error."""

    id: str
    success: bool
    status: str
    components: tuple[ComponentResult, ...]
    errors: tuple[str, ...]
    check_only: bool = False

    @property
    def changed(self) -> tuple[ComponentResult, ...]:
        """Components that are not what they were before."""
        return tuple(
            part for part in self.components if part.success and (part.created or part.changed or part.deleted)
        )


@dataclass(frozen=True, slots=True)
class MetadataKind:
    """A kind of component the org knows: its folder in a package and its files' suffix."""

    name: str
    directory: str
    suffix: str
    children: tuple[str, ...] = ()


class MetadataClient:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._soap = MetadataSoap(session)

    def deploy(
        self,
        zip_bytes: bytes,
        check_only: bool = False,
        *,
        rollback_on_error: bool = True,
        purge: bool = False,
        progress: Progress | None = None,
        deadline: float = _DEADLINE,
    ) -> DeployResult:
        """Deploy a zip with `package.xml` at its root and wait for the end; a refusal is a result, not an error.

        `progress` gets (components done, components in all). Raises AnswerLost when the start's answer was lost or
        the deadline (seconds) passed: then the deployment may still take effect; deploying again is harmless.
        """
        options = {**_OPTIONS, "checkOnly": check_only, "rollbackOnError": rollback_on_error, "purgeOnDelete": purge}
        started = self._soap.write("deploy", ZipFile=zip_bytes, DeployOptions=options)

        def look() -> Any:
            status = self._soap.read("checkDeployStatus", asyncProcessId=started.id, includeDetails=True)
            if progress:
                progress(status.numberComponentsDeployed + status.numberComponentErrors, status.numberComponentsTotal)
            return status

        return _result(self._wait(look, f"deployment {started.id}", deadline))

    def retrieve(self, components: Mapping[str, Sequence[str]], deadline: float = _DEADLINE) -> dict[str, bytes]:
        """Files by their path in a package (`objects/Account.object`), without the manifest; what is not there is
        left out. Raises PermanentError in the org's words."""
        version = self._session.settings.api_version
        types = [{"name": kind, "members": list(names)} for kind, names in components.items() if names]
        if not types:
            return {}
        wanted = {"apiVersion": version, "singlePackage": True, "unpackaged": {"types": types, "version": version}}
        started = self._soap.read("retrieve", retrieveRequest=wanted)

        def look() -> Any:
            return self._soap.read("checkRetrieveStatus", asyncProcessId=started.id, includeZip=True)

        done = self._wait(look, f"retrieval {started.id}", deadline)
        if not done.success:
            words = done.errorMessage or f"the retrieval ended as {done.status}"
            raise PermanentError(words, where=self._session.where, code=str(done.errorStatusCode or ""))
        return unpack(done.zipFile or b"", self._session.where)

    def list_components(self, kind: str) -> list[str]:
        """Full names of all components of a kind, sorted (`Account.ERP_Key__c` for fields)."""
        version = self._session.settings.api_version
        found = self._soap.read("listMetadata", queries=[{"type": kind}], asOfVersion=version)
        return sorted(str(entry.fullName) for entry in found or ())

    def describe(self) -> list[MetadataKind]:
        found = self._soap.read("describeMetadata", asOfVersion=self._session.settings.api_version)
        return [
            MetadataKind(entry.xmlName, entry.directoryName, entry.suffix or "", tuple(entry.childXmlNames or ()))
            for entry in found.metadataObjects
        ]

    def _wait(self, look: Callable[[], Any], what: str, deadline: float) -> Any:
        """Ask until it is done, ever more seldom."""
        clock = self._session.clock
        end, pause = clock.monotonic() + deadline, _FIRST_WAIT
        while not (status := look()).done:
            if clock.monotonic() + pause > end:
                mend = "Look at Deployment Status in Setup, then try again."
                raise AnswerLost(f"{what} is not done after {deadline:g} seconds", where=self._session.where, mend=mend)
            clock.sleep(pause)
            pause = min(_LONGEST_WAIT, pause * 2)
        return status


def _result(status: Any) -> DeployResult:
    details = status.details
    rows = [*(details.componentSuccesses or ()), *(details.componentFailures or ())] if details else []
    components = tuple(_component(row) for row in rows if not _is_manifest(row))
    failures = [_sentence(part) for part in components if not part.success]
    message = [str(status.errorMessage)] if status.errorMessage else []
    return DeployResult(
        str(status.id), bool(status.success), str(status.status), components, (*message, *failures), status.checkOnly
    )


def _is_manifest(row: Any) -> bool:
    """The manifest's own row says `changed` in every reply, also when nothing was."""
    return bool(row.success) and not row.componentType and str(row.fullName).startswith(_MANIFESTS)


def _component(row: Any) -> ComponentResult:
    return ComponentResult(
        kind=row.componentType or "",
        full_name=row.fullName or "",
        created=row.created,
        changed=row.changed,
        deleted=row.deleted,
        success=row.success,
        problem=row.problem or "",
        line=row.lineNumber or 0,
        file=row.fileName or "",
    )


def _sentence(part: ComponentResult) -> str:
    place = f"{part.file}:{part.line}" if part.line else part.file
    return f"{part.kind} {part.full_name}: {part.problem}".strip() + (f" ({place})" if place else "")

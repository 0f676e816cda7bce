"""What the package asks of an org. The org client fits as it is; tests give a twin that keeps components in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from tieline.contract.component import Component

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many components are through, and how many there are."""

Assign = Callable[[str], bool]
"""Give the running user a permission set; False when it was assigned before."""

WritePackage = Callable[[Sequence[Component], Sequence[Component]], "Mapping[str, bytes] | None"]
"""The hook `write_package`."""


class ComponentAnswer(Protocol):
    """What became of one component."""

    @property
    def kind(self) -> str: ...

    @property
    def full_name(self) -> str: ...

    @property
    def success(self) -> bool: ...

    @property
    def problem(self) -> str: ...

    @property
    def line(self) -> int: ...


class DeployAnswer(Protocol):
    """A finished deployment; a refusal is an answer too."""

    @property
    def id(self) -> str: ...

    @property
    def success(self) -> bool: ...

    @property
    def status(self) -> str: ...

    @property
    def components(self) -> Sequence[ComponentAnswer]: ...

    @property
    def errors(self) -> Sequence[str]: ...


class Metadata(Protocol):
    def deploy(
        self, zip_bytes: bytes, check_only: bool, /, *, progress: Callable[[int, int], None] | None = None
    ) -> DeployAnswer:
        """All or nothing."""

    def retrieve(self, components: Mapping[str, Sequence[str]], /) -> Mapping[str, bytes]:
        """Files by path in a package; what is not there is left out."""

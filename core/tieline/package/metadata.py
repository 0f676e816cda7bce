"""What the package asks of an org. The org client fits as it is; tests give a twin that keeps components in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from tieline.contract.component import Component

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many components are through, and how many there are."""

Count = Callable[[str, str, str], "int | None"]
"""How many rows hold something: object, field ("" for all rows of the object) and the field's type; None when the org
does not let us look."""

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


class People(Protocol):
    """Who holds which permission set."""

    def assign(self, name: str, /) -> bool:
        """Give it to the running user; False when it was assigned before."""

    def holders(self, name: str, /) -> Sequence[str]:
        """User ids; nobody when there is no such set."""

    def give(self, name: str, users: Sequence[str], /) -> None:
        """To users who still exist and are active; the others are left out."""

    def take(self, name: str, /) -> None:
        """From everybody."""


class Metadata(Protocol):
    def deploy(
        self, zip_bytes: bytes, check_only: bool, /, *, progress: Callable[[int, int], None] | None = None
    ) -> DeployAnswer:
        """All or nothing."""

    def retrieve(self, components: Mapping[str, Sequence[str]], /) -> Mapping[str, bytes]:
        """Files by path in a package; what is not there is left out."""

    def list_components(self, kind: str, /) -> Sequence[str]:
        """Full names of all components of a kind."""

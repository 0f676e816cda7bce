"""Errors by consequence: what happens next decides the class, not where it came from.

    TielineError                what went wrong, where, and what to do about it
    ├── TransientError          may work by itself later; the host tries again
    │   ├── RateLimited         the vendor asked us to wait
    │   └── NothingSent         the request certainly never left: safe to repeat anything
    ├── AnswerLost              the request may have taken effect; only a look at the other side can tell
    ├── PermanentError          this record or request fails until somebody changes it
    └── Misconfigured           nothing works until an administrator changes a setting
        └── Unconfirmed         a person has to say yes first

Anything else a plugin raises is a bug of the plugin and is reported as one.
"""

from __future__ import annotations


class TielineError(Exception):
    """`what` is a sentence without its full stop, `where` names the thing, `mend` says what to do next."""

    def __init__(self, what: str, *, where: str = "", mend: str = "", code: str = "") -> None:
        self.what, self.where, self.mend, self.code = what, where, mend, code
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """One line for a person: where, what, mend."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        head = head.rstrip(".")
        return f"{head}. {self.mend}" if self.mend else f"{head}."


class TransientError(TielineError):
    """May work later; nothing took effect or nothing was meant to."""


class RateLimited(TransientError):
    """The vendor refuses more calls for now; `retry_after` is in seconds, None when it did not say."""

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        mend: str = "",
        code: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(what, where=where, mend=mend, code=code)
        self.retry_after = retry_after


class NothingSent(TransientError):
    """The connection was never made, so the request cannot have taken effect."""


class AnswerLost(TielineError):
    """The request went out and no believable answer came back. Never repeat it blindly."""


class PermanentError(TielineError):
    """Fails again until somebody changes the record, the mapping or the other system."""


class Misconfigured(TielineError):
    """Fails for everything until an administrator changes a setting, a credential or a right."""


class Unconfirmed(Misconfigured):
    """A person has to confirm first; the command line exits with 2."""

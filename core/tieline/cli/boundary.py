"""The one place where errors end: a sentence on stderr, an exit code, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import click

from tieline.cli.exit_codes import FAILED, INTERRUPTED, USAGE
from tieline.cli.group import tieline
from tieline.cli.invocation import Invocation, to_json
from tieline.cli.language import chosen
from tieline.contract import TielineError, Unconfirmed


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    invocation = Invocation(state=_state(arguments), json=_wants_json(arguments), language=chosen(os.environ))
    try:
        return _code(tieline.main(list(arguments), prog_name="tieline", standalone_mode=False, obj=invocation))
    except Exception as error:  # noqa: BLE001 - the last resort; nothing may pass as a traceback
        return _ended(invocation, error)
    finally:
        invocation.close()


def _code(returned: object) -> int:
    """click returns the code of `ctx.exit` here; commands of ours return nothing."""
    return returned if isinstance(returned, int) else 0


def _ended(invocation: Invocation, error: Exception) -> int:
    match error:
        case click.Abort():
            return INTERRUPTED
        case click.exceptions.NoArgsIsHelpError():
            click.echo(error.format_message(), err=True)
            return USAGE
        case click.UsageError():
            return _told(invocation, USAGE, "usage", _usage(error))
        case click.ClickException():
            return _told(invocation, error.exit_code, "usage", error.format_message())
        case Unconfirmed():
            return _failed(invocation, USAGE, error)
        case TielineError():
            return _failed(invocation, FAILED, error)
        case _:
            return _unexpected(invocation, error)


def _failed(invocation: Invocation, code: int, error: TielineError) -> int:
    lines = hasattr(error, "faults")  # many mistakes of one file, a line each
    parts = {"what": error.what, "where": error.where, "mend": error.mend, "code": error.code}
    _document(invocation, type(error).__name__, _tidy(error.sentence(), lines), parts)
    return _said(invocation, code, _tidy(invocation.speaker.error(error), lines))


def _told(invocation: Invocation, code: int, kind: str, sentence: str, parts: dict[str, str] | None = None) -> int:
    _document(invocation, kind, _tidy(sentence), parts or {})
    return _said(invocation, code, _tidy(invocation.speaker.text(sentence)))


def _document(invocation: Invocation, kind: str, sentence: str, parts: dict[str, str]) -> None:
    """For programs, in English always."""
    if invocation.json:
        cleaned = {name: invocation.clean(value) for name, value in parts.items()}
        click.echo(to_json({"error": {"kind": kind, "message": invocation.clean(sentence), **cleaned}}))


def _said(invocation: Invocation, code: int, sentence: str) -> int:
    with suppress(OSError):  # nobody can be told; the exit code tells it
        click.echo(invocation.clean(sentence), err=True)
    return code


def _tidy(text: str, lines: bool = False) -> str:
    return "\n".join(" ".join(line.split()) for line in (text.splitlines() if lines else [text]))


def _usage(error: click.UsageError) -> str:
    command = error.ctx.command_path if error.ctx else "tieline"
    message = error.format_message()
    return message if "--help" in message else f"{message} Try `{command} --help`."


def _unexpected(invocation: Invocation, error: Exception) -> int:
    from tieline.cli.mishap import recorded

    ident, path = recorded(invocation, error)
    where = f" The details are in {path}." if path else ""
    sentence = f"Something unexpected went wrong ({type(error).__name__}, error {ident}).{where}"
    return _told(invocation, FAILED, "unexpected", sentence, {"id": ident, "log": str(path or "")})


def _wants_json(arguments: Sequence[str]) -> bool:
    """Known before parsing, so that a usage error is a document too."""
    before = arguments[: list(arguments).index("--")] if "--" in arguments else arguments
    return "--json" in before


def _state(arguments: Sequence[str]) -> str | None:
    """Known before parsing: which plugins may add commands is written in the state directory."""
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument.startswith("--state="):
            return argument.partition("=")[2]
        if argument == "--state" and position + 1 < len(arguments):
            return arguments[position + 1]
    return None


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))

"""Which sentences are found in sources, and under which text."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tieline.host.extraction import found_in


def texts(source: str, file: str = "tieline/somewhere.py") -> list[str]:
    return [each.text for each in found_in(dedent(source), file)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise Misconfigured("it is gone", mend="Bring it back.")', ["Bring it back.", "it is gone"]),
        ('raise PermanentError(f"no {one.kind} is called {name!r}")', ["no {kind} is called {name}"]),
        ('raise PermanentError(f"{len(rows)} of {len(all_)} are left")', ["{count} of {count2} are left"]),
        ("raise PermanentError(f\"one of {', '.join(sorted(names))} it is\")", ["one of {names} it is"]),
        ('raise PermanentError("it is on" if on else "it is off")', ["it is off", "it is on"]),
        ("raise PermanentError(answer.text)", []),
        ('words = f"the {kind} is old"\nraise PermanentError(words)', ["the {kind} is old"]),
        ('WORDS = {"a": "matched", "b": "tied by {who}"}', ["matched", "tied by {who}"]),
        ('log.error("nobody reads this")', []),
        ('Setting("key", label="Key", help="Where it comes from.")', ["Where it comes from."]),
    ],
)
def test_what_people_read_is_found(source: str, found: list[str]) -> None:
    assert sorted(texts(source)) == found


def test_in_the_files_of_the_command_line_every_sentence_counts_and_docstrings_do_not() -> None:
    source = '''
        """The module's own words."""
        def lines(found):
            """What it does."""
            yield f"{'Name':<8}{'rows':>6}  of all"
            yield f"{found.name:<8} and {found.rows:>6} rows"
            return ["Nothing at all."]
    '''
    wanted = ["Name      rows  of all", "{name} and {rows} rows", "Nothing at all."]
    assert texts(source, "tieline/cli/some.py") == wanted
    assert texts(source) == []


def test_a_commands_help_is_found_by_paragraphs() -> None:
    source = '''
        @click.command()
        def go() -> None:
            """Go there and
            come back.

            Then rest a while."""
    '''
    assert texts(source) == ["Go there and come back.", "Then rest a while."]


def test_stand_ins_speak_the_words_of_others() -> None:
    assert texts('raise PermanentError("it is gone")', "tieline_acme/sandbox/server.py") == []

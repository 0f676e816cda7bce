"""The command line speaks the person's language; what programs read stays the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tieline.cli.boundary import run
from tieline.cli.commands import COMMANDS
from tieline.cli.language import Speaker, chosen
from tieline.contract import Misconfigured, Translations
from tieline.host.translations import Translator

FRENCH = {
    "nothing was changed": "rien n'a été modifié",
    "Repeat with --yes.": "Répétez avec --yes.",
    "Look at it. If it lasts, mend it.": "Regardez. Si cela dure, réparez.",
    "no list {name} is known": "aucune liste {name} n'est connue",
    "Name": "Nom",
    "Out of Sync": "Désynchronisé",
    "locked: {reason}": "verrouillé : {reason}",
}


@pytest.fixture
def french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIELINE_LANG", "fr")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"TIELINE_LANG": "fr", "LC_ALL": "de_DE.UTF-8"}, "fr"),
        ({"LC_ALL": "fr_CA.UTF-8", "LANG": "de_DE"}, "fr_CA"),
        ({"LC_ALL": "", "LC_MESSAGES": "fr_FR@euro", "LANG": "de_DE"}, "fr_FR"),
        ({"LANG": "fr-CA"}, "fr_CA"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": ".UTF-8"}, "en"),
    ],
)
def test_the_language_is_ours_else_the_systems(environment: dict[str, str], language: str) -> None:
    assert chosen(environment) == language


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nothing was changed", "rien n'a été modifié"),
        ("acme: nothing was changed. Repeat with --yes.", "acme: rien n'a été modifié. Répétez avec --yes."),
        ("acme: no list 'x' is known. Look at it. If it lasts, mend it.",
         "acme: aucune liste 'x' n'est connue. Regardez. Si cela dure, réparez."),
        ("  *  nothing was changed    Name", "  *  rien n'a été modifié   Name"),
        ("a  Out of Sync            b", "a  Désynchronisé          b"),
        ("customer   8 Out of Sync, 2 Elsewhere", "customer   8 Désynchronisé, 2 Elsewhere"),
        ("  x  locked: it is so", "  x  verrouillé : it is so"),
        ("    Repeat with --yes.", "    Répétez avec --yes."),
        ("nobody knows this. Repeat with --yes.", "nobody knows this. Répétez avec --yes."),
        ("a name. a: b", "a name. a: b"),
    ],
)  # fmt: skip
def test_a_line_is_said_piece_by_piece(line: str, said: str) -> None:
    assert Speaker("fr_CA", Translator([Translations("t", "fr", FRENCH)])).text(line) == said


def test_a_line_of_data_without_end_is_left_alone() -> None:
    line = "x. " * 500
    assert Speaker("fr", Translator([Translations("t", "fr", FRENCH)])).text(line) == line


def test_an_error_is_said_part_by_part() -> None:
    speaker = Speaker("fr", Translator([Translations("t", "fr", FRENCH)]))
    error = Misconfigured("nothing was changed", where="acme", mend="Repeat with --yes.")
    assert speaker.error(error) == "acme: rien n'a été modifié. Répétez avec --yes."


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_no_english_sentence_is_left_on_a_page_of_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    page = capsys.readouterr().out
    assert "Usage : tieline" in page
    assert "Dossier d'état" in page
    english = {" the ", " and ", " is ", " what ", "Show ", "exit.", "Only "}
    assert [line for line in page.splitlines() if any(word in line for word in english)] == []


@pytest.mark.usefixtures("french")
def test_the_first_page_of_help_is_french(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    page = capsys.readouterr().out
    assert "Lier une organisation Salesforce" in page
    assert "Commandes:" in page
    assert "Montrer ce message et finir." in page


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nonsense"], 2, "La commande 'nonsense' n'existe pas. `tieline --help` liste les commandes."),
        (["lists", "show"], 2, "L'argument « NAME » manque. Essayez `tieline lists show --help`."),
        (["sync", "--interval", "x"], 2, "Valeur incorrecte pour « --interval »"),
        (["package", "plan", "--system", "nix"], 1, "il n'y a pas de plugin pour un système 'nix'."),
    ],
)
def test_what_went_wrong_is_said_in_french(
    arguments: list[str], code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*arguments, "--state", str(tmp_path)]) == code
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("french")
def test_a_document_is_the_same_in_all_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status", "--state", str(tmp_path)]) == 0
    assert "Aucun back-office n'est encore connecté." in capsys.readouterr().out
    assert run(["package", "plan", "--json", "--system", "nix", "--state", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["error"]["message"].startswith("there is no plugin for a system 'nix'.")
    assert "il n'y a pas de plugin" in told.err


def test_an_unknown_language_is_english(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIELINE_LANG", "xx")
    assert run(["status", "--state", str(tmp_path)]) == 0
    assert "No back office is connected yet." in capsys.readouterr().out


def test_a_translators_file_goes_out_and_comes_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, state = tmp_path / "de.po", ["--state", str(tmp_path / "state"), "--of", "unleashed"]
    assert run(["translations", "--language", "de", "--export", str(file), *state]) == 0
    assert "to translate." in capsys.readouterr().out
    assert run(["translations", "--check", str(file), *state]) == 1
    assert f"{file}:9  this is not translated" in capsys.readouterr().out
    assert run(["translations", "--export", str(file), *state]) == 0
    assert run(["translations", "--check", str(file), *state]) == 0
    capsys.readouterr()
    file.write_text(file.read_text("utf-8").replace('msgstr "La ligne {line}', 'msgstr "La ligne {ligne}'), "utf-8")
    assert run(["translations", "--check", str(file), "--json", *state]) == 1
    mistakes = json.loads(capsys.readouterr().out)["mistakes"]
    assert [(one["what"], one["text"][:10]) for one in mistakes] == [("the slots differ", "Line {line")]


def test_a_file_wants_one_catalogue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["translations", "--export", str(tmp_path / "a.po"), "--state", str(tmp_path)]) == 1
    assert "a file holds one catalogue. Give --of with one of tieline, " in capsys.readouterr().err
    assert run(["translations", "--of", "nix", "--state", str(tmp_path)]) == 1
    assert run(["translations", "--of", "tieline", "--missing", "--state", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("tieline: ")

"""Translations, redaction and logs."""

from __future__ import annotations

import ast
import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

import tieline.actions
import tieline.sync
from tieline.contract import Translations
from tieline.host import logs
from tieline.host.logs import file_handler
from tieline.host.secrecy import Redactor
from tieline.host.translations import Translator
from tieline.host.words import host_words
from tieline.store.nouns import Status
from tieline.sync import history, panel
from tieline.sync.outcome import FREE_IT


def test_the_first_word_wins_and_english_is_the_source() -> None:
    translator = Translator(
        [
            Translations("a", "fr", {"Customer": "Client", "Empty": ""}),
            Translations("b", "fr", {"Customer": "Acheteur", "Order": "Commande"}),
            Translations("b", "fr_CA", {"Order": "Commande (CA)"}),
        ]
    )
    assert translator.text("fr", "Customer") == "Client"
    assert translator.text("fr-CA", "Order") == "Commande (CA)"
    assert translator.text("fr_CA", "Customer") == "Client"
    assert translator.text("fr", "Empty") == "Empty"
    assert translator.text("en", "Customer") == "Customer"
    assert translator.text("de", "Order") == "Order"
    assert translator.languages() == ("fr", "fr_ca")


def test_secrets_are_blotted_out_longest_first() -> None:
    redactor = Redactor()
    redactor.add(["secret-one", "secret-one-longer", "", "abc", "-----BEGIN X-----\nline-of-key\n-----END X-----"])
    assert redactor.clean("secret-one-longer secret-one abc") == "*** *** abc"
    assert redactor.clean("x line-of-key x") == "x *** x"


def test_a_log_line_cannot_be_forged_and_holds_no_secret(tmp_path: Path) -> None:
    redactor = Redactor()
    redactor.add(["canary-secret"])
    path = tmp_path / "log" / "tieline.log"
    handler = file_handler(path, redactor.clean)
    logger = logging.Logger("test")
    logger.addHandler(handler)
    try:
        logger.error("name %s", "x\n2026-01-01 INFO forged \x1b[31m canary-secret\u2028")
        try:
            raise ValueError("canary-secret\r\n2026-01-01 INFO forged")
        except ValueError:
            logger.exception("failed")
    finally:
        handler.close()
    text = path.read_text("utf-8")
    assert "canary-secret" not in text
    assert "\x1b" not in text
    assert "\r" not in text
    assert [line for line in text.splitlines() if line.startswith("2026-01-01 INFO")] == []
    assert "ValueError: ***" in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_every_log_file_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_BYTES", 200)
    handler = file_handler(tmp_path / "tieline.log", str)
    logger = logging.Logger("test")
    logger.addHandler(handler)
    try:
        for _ in range(20):
            logger.error("a" * 50)
    finally:
        handler.close()
    modes = [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()]
    assert len(modes) > 2
    assert set(modes) == {0o600}


def test_a_sentence_that_was_filled_in_is_found_by_its_pattern() -> None:
    texts = {"{names} must be filled in": "{names} : à remplir", "Name": "Nom", "a {x} b {y}": "{y} puis {x}"}
    translator = Translator([Translations("t", "fr", texts)])
    assert translator.text("fr", "Name must be filled in") == "Nom : à remplir"
    assert translator.text("fr_CA", "Name, Code must be filled in") == "Nom, Code : à remplir"
    assert translator.text("fr", "a 1 b 2") == "2 puis 1"
    assert translator.text("de", "Name must be filled in") == "Name must be filled in"


def test_every_sentence_the_engine_shows_is_in_french() -> None:
    """Reasons, next steps and answers are literals in the engine's rooms; each must be known."""
    translator = Translator(host_words())
    shown = list(shown_sentences())
    assert len(shown) > 20
    missing = [text for text in shown if translator.text("fr", text) == text]
    assert missing == []


def test_what_stands_in_the_panel_beside_reasons_is_in_french() -> None:
    translator = Translator(host_words())
    shown = [*history.WORDS.values(), *map(str, Status), *panel.NOTES.values(), FREE_IT]
    assert [text for text in shown if translator.text("fr", text) == text] == []


NOT_FOR_USERS = {"repair", "cycle", "conditions", "counter", "canonical"}  # the command line and logs speak English


def shown_sentences() -> Iterator[str]:
    """Texts given to `say`, `Problem`, `Block`, `Wait` and as `mend`/first argument of PermanentError in actions."""
    rooms = [tieline.sync, tieline.actions]
    for file in sorted(file for room in rooms for file in Path(str(room.__file__)).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and file.stem not in {
                "repair",
                "cycle",
                "conditions",
                "counter",
                "canonical",
            }:
                yield from _sentences(node)


def _sentences(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in {"say", "Problem", "Block", "Wait", "PermanentError"}:
        wanted = [*call.args[:2], *(k.value for k in call.keywords if k.arg == "mend")]
        yield from (text for text in map(_literal, wanted) if text and " " in text)


def _literal(node: ast.expr) -> str:
    """A literal, or an f-string with words in its slots."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else "Something" for part in node.values]
        return "".join(parts) if any(isinstance(p, ast.Constant) and " " in str(p.value) for p in node.values) else ""
    return ""

"""Translations, redaction and logs."""

from __future__ import annotations

import logging
import stat
from pathlib import Path

from tieline.contract import Translations
from tieline.host.logs import file_handler
from tieline.host.secrecy import Redactor
from tieline.host.translations import Translator


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
            raise ValueError("canary-secret\r\nforged")
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

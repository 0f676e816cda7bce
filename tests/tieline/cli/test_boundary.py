"""Errors end in one sentence, one exit code, and with --json one document; nothing is half-written."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tieline.cli.boundary import run
from tieline.cli.invocation import Invocation
from tieline.host.secrecy import Redactor
from tieline.store.opening import open_store
from tieline.sync.hints import hints_scope, settled_scope


@pytest.fixture
def allowed(tieline: Any, acme: Any) -> Any:
    tieline("plugins", "allow", "acme")
    return tieline


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["plugns"], 2, "There is no command 'plugns'. Did you mean 'plugins'?"),
        (["zzzz"], 2, "`tieline --help` lists the commands."),
        (["plugins", "--nope"], 2, "No such option"),
        (["connect"], 2, "Missing argument"),
        (["serve", "--port", "99999"], 2, "99999"),
        (["connections", "remove", "x"], 1, "no connection is connected yet"),
    ],
)
def test_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    state = ["--state", str(tmp_path)]
    assert run([*state, *arguments]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert words in told.err
    assert len(told.err.splitlines()) == 1
    assert run([*state, "--json", *arguments]) == code
    document = json.loads(capsys.readouterr().out)
    assert words in document["error"]["message"]


def test_options_stand_before_or_after_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ["--json", "--state", str(tmp_path), "connections"],
        ["connections", "--json", "--state", str(tmp_path)],
    ):
        assert run(arguments) == 0
        assert json.loads(capsys.readouterr().out) == {"connections": []}
    assert run(["plugins", "allow", "layouts", "--json", "--state", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out)["allowed"] is True


def test_help_imports_no_plugin_and_no_heavy_library() -> None:
    heavy = "sqlalchemy,starlette,uvicorn,cryptography,requests,lxml,zeep,jinja2,tieline_unleashed,tieline.host"
    code = (
        "import sys\nfrom tieline.cli.boundary import run\nassert run(['--help']) == 0\n"
        f"print([name for name in {heavy!r}.split(',') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "connections" in done.stdout
    assert done.stderr.strip() == "[]"


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert "Commands:" in capsys.readouterr().err.splitlines()


def test_a_locked_state_directory_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    descriptor = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        assert run(["plugins", "allow", "layouts", "--state", str(tmp_path)]) == 1
    finally:
        os.close(descriptor)
    assert "another tieline command is working in this state directory" in capsys.readouterr().err


def test_a_state_directory_that_is_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert run(["plugins", "--state", str(tmp_path / "file")]) == 1
    assert "it is a file" in capsys.readouterr().err


def test_connect_and_list(allowed: Any, tmp_path: Path) -> None:
    made = allowed("connect", "acme", "main", "--secret-file", "-", "--json", stdin="right-secret\n")
    assert made.code == 0
    assert made.document == {
        "name": "main",
        "system": "acme",
        "tenant": "tenant-1",
        "label": "Acme Ltd",
        "entities": [],
        "checked": True,
    }
    assert "Made" in made.err
    (listed,) = allowed("connections", "--json").document["connections"]
    assert (listed["name"], listed["secrets"], listed["settings"]) == ("main", ["api_key"], {})
    assert "right-secret" not in allowed("connections").out
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"right-secret" not in path.read_bytes()
    doctor = allowed("doctor", "--json")
    assert {check["name"]: check["verdict"] for check in doctor.document["checks"]}["connection main"] == "ok"
    assert allowed("connections", "remove", "main").code == 0
    assert allowed("connections", "--json").document == {"connections": []}


def test_a_refused_secret_saves_nothing_and_is_not_repeated(allowed: Any) -> None:
    ran = allowed("connect", "acme", "main", "--secret-file", "-", stdin="wrong-secret")
    assert (ran.code, ran.out) == (1, "")
    assert "acme.example: refused ***." in ran.err
    assert allowed("connections", "--json").document == {"connections": []}


def test_the_unexpected_has_an_id_and_a_log_without_secrets(allowed: Any) -> None:
    ran = allowed("connect", "acme", "main", "--secret-file", "-", "--json", stdin="crash-secret")
    assert ran.code == 1
    assert "Traceback" not in ran.err
    told = ran.document["error"]
    text = Path(told["log"]).read_text("utf-8")
    assert told["id"] in text
    assert told["id"] in ran.err
    assert "RuntimeError: bug with *** inside" in text
    assert "crash-secret" not in text + ran.out + ran.err


def test_results_and_notes_hold_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    redactor = Redactor()
    redactor.add(["canary-secret", "123456"])
    runtime: Any = SimpleNamespace(redactor=redactor)
    document = {"problems": ["read erp: canary-secret is no key"], "count": 123456, "rows": ({"a": "canary-secret"},)}
    Invocation(json=True, _runtime=runtime).show(document, list)
    told = json.loads(capsys.readouterr().out)
    assert told == {"problems": ["read erp: *** is no key"], "count": 123456, "rows": [{"a": "***"}]}
    plain = Invocation(_runtime=runtime)
    plain.show({}, lambda: ["x canary-secret"])
    plain.note("y canary-secret")
    assert tuple(capsys.readouterr()) == ("x ***\n", "y ***\n")


def test_secrets_do_not_go_on_the_command_line(allowed: Any) -> None:
    ran = allowed("connect", "acme", "main", "--set", "api_key=abc123secret")
    assert ran.code == 1
    assert "abc123secret" not in ran.err
    assert "--secret-file api_key=FILE" in ran.err
    missing = allowed("connect", "acme", "main")
    assert "the secret api_key is missing" in missing.err
    assert not (Path(allowed.state) / "key").exists()


def test_another_key_is_reported_by_the_doctor(allowed: Any) -> None:
    allowed("connect", "acme", "main", "--secret-file", "-", stdin="right-secret")
    allowed.environment["TIELINE_KEY"] = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
    ran = allowed("doctor", "--offline", "--json")
    assert ran.code == 1
    (check,) = [each for each in ran.document["checks"] if each["name"] == "connection main"]
    assert "sealed with key" in check["text"]
    allowed.environment["TIELINE_KEY"] = "nonsense"
    assert "TIELINE_KEY: this is no key" in allowed("doctor", "--offline").out


def test_an_unreachable_host_is_one_sentence(tieline: Any) -> None:
    ran = tieline(
        "connect", "org", "crm", "--set", "login_url=https://127.0.0.1:9", "--set", "client_id=x",
        "--set", "allow_local=yes", "--secret-file", "-", stdin="some-secret",
    )  # fmt: skip
    assert (ran.code, ran.out) == (1, "")
    assert "127.0.0.1: no connection" in ran.err.splitlines()[-1]
    assert tieline("connections", "--json").document == {"connections": []}


def test_what_a_plugin_prints_and_logs_leaves_the_document_alone(tieline: Any, site: Any) -> None:
    source = """
        import logging
        from tieline import hookimpl

        print("noise from the import")

        @hookimpl
        def register_systems():
            print("noise from a hook")
            logging.getLogger("noisy").warning("a\\nwarning")
            return []
    """
    site.install("dist-noisy", "noisy", source)
    tieline("plugins", "allow", "noisy")
    ran = tieline("plugins", "--json")
    assert ran.document["plugins"]
    assert "noise from the import" in ran.err
    assert "warning" not in ran.err
    assert "WARNING noisy a\\nwarning" in (tieline.state / "log" / "tieline.log").read_text()
    assert "WARNING noisy a\\nwarning" in tieline("plugins", "--json", "-v").err


def test_an_interrupt_ends_quietly(tieline: Any, site: Any) -> None:
    source = """
        import click, signal
        from tieline import hookimpl

        @hookimpl
        def register_commands():
            def wait():
                signal.raise_signal(signal.SIGINT)
            return [click.Command("wait", callback=wait)]
    """
    site.install("dist-wait", "wait", source)
    tieline("plugins", "allow", "wait")
    ran = tieline("wait")
    assert (ran.code, ran.out, ran.err.strip()) == (130, "", "")


def test_serve_announces_answers_and_stops(allowed: Any) -> None:
    allowed("connect", "acme", "main", "--secret-file", "-", stdin="right-secret")
    command = [sys.executable, "-m", "tieline", "serve", "--port", "0", "--json"]
    environment = allowed.whole_environment()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = json.loads("".join(process.stdout.readline() for _ in range(3)))["url"]
        statuses = _statuses(url)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stderr.read() == ""
    assert statuses == [200, 200, 403, 404, 404, 405, 413, 500]
    assert _kept(Path(allowed.state)) == ({"Customers K1"}, {"c1"})
    log = (Path(allowed.state) / "log" / "tieline.log").read_text()
    assert "POST /inbound/acme/changes/main 200" in log
    assert "secret detail" in log


def _kept(state: Path) -> tuple[set[str], set[str]]:
    """Hints and settlements that were written down before the sender was answered."""
    with closing(open_store(state)) as store, store.reading() as transaction:
        return set(transaction.facts(hints_scope("main"))), set(transaction.facts(settled_scope("main")))


def _statuses(url: str) -> list[int]:
    import requests

    good = {"X-Signature": "good"}
    inbound = f"{url}/inbound/acme/changes/main"
    with requests.Session() as session:
        session.trust_env = False
        answers = [
            session.get(f"{url}/healthz"),
            session.post(inbound, b"K1", headers=good),
            session.post(inbound, b"K1"),
            session.post(f"{url}/inbound/acme/changes/other", b"K1", headers=good),
            session.post(f"{url}/inbound/acme/nope/main", b"K1", headers=good),
            session.get(inbound),
            session.post(inbound, b"x" * 101, headers=good),
            session.post(inbound, b"crash", headers=good),
        ]
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "Server" not in answer.headers
        assert "secret detail" not in answer.text
    return [answer.status_code for answer in answers]


def test_a_port_taken_is_one_sentence(tieline: Any) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = tieline("serve", "--port", str(taken.getsockname()[1]))
    assert (ran.code, ran.out) == (1, "")
    assert "Choose another --port" in ran.err

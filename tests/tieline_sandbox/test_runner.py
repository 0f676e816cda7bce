"""A sandbox's life in its folder: start, document, lock, restart, stop."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from tieline_sandbox.application import ApplicationFactory, SeedRefused
from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.foreground import serve
from tieline_sandbox.runner import Ports, RunningSandbox, StartRefused, start


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def get(running: RunningSandbox, path: str) -> requests.Response:
    return requests.get(f"{running.plane_url}/{path}", headers={"X-Sandbox-Token": running.plane_token}, timeout=10)


def test_the_document_says_all_and_goes_with_the_sandbox(toy_factory: ApplicationFactory, tmp_path: Path) -> None:
    with start(toy_factory, "toy", tmp_path / "deep" / "toy") as running:
        document = tmp_path / "deep" / "toy" / "toy.json"
        told = json.loads(document.read_text())
        assert told == running.document
        assert list(told) == [
            "name", "http_url", "tls_url", "proxy_url", "ca_file", "ca_bundle", "plane_url", "plane_token", "api_key",
        ]  # fmt: skip
        assert (told["name"], told["api_key"], told["plane_url"]) == (
            "toy",
            "toy-key",
            f"{told['http_url']}/__sandbox__",
        )
        assert all(Path(told[key]).is_absolute() and Path(told[key]).is_file() for key in ("ca_file", "ca_bundle"))
        assert get(running, "").json()["sandbox"] == "toy"
    assert not document.exists()
    with pytest.raises(requests.ConnectionError):
        get(running, "")


def test_secrets_are_for_the_owner_only(toy_factory: ApplicationFactory, tmp_path: Path) -> None:
    with start(toy_factory, "toy", tmp_path / "toy") as running:
        private = [running.document_path, *(tmp_path / "toy" / name for name in ("ca.key", "plane.token"))]
        assert [mode(path) for path in private] == [0o600] * 3
        assert (mode(tmp_path / "toy"), mode(Path(running.document["ca_file"]))) == (0o700, 0o644)


def test_a_restart_keeps_records_token_and_authority(toy_factory: ApplicationFactory, tmp_path: Path) -> None:
    with start(toy_factory, "toy", tmp_path) as first:
        requests.post(f"{first.http_url}/things", json={"name": "one"}, timeout=10)
        authority = Path(first.document["ca_file"]).read_bytes()
    with start(toy_factory, "toy", tmp_path) as second, requests.Session() as client:
        client.trust_env, client.verify = False, second.document["ca_bundle"]
        assert client.get(f"{second.tls_url}/things").json() == ["one"]
        assert (second.plane_token, Path(second.document["ca_file"]).read_bytes()) == (first.plane_token, authority)


def test_a_folder_in_use_is_refused_and_left_alone(toy_factory: ApplicationFactory, tmp_path: Path) -> None:
    with start(toy_factory, "toy", tmp_path) as running:
        with pytest.raises(StartRefused, match=rf"{tmp_path} is in use by another sandbox; stop that one"):
            start(toy_factory, "toy", tmp_path)
        assert running.document_path.exists()
        assert get(running, "").ok
    start(toy_factory, "toy", tmp_path).stop()


def test_a_taken_port_is_refused_and_nothing_is_left(toy_factory: ApplicationFactory, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartRefused, match=rf"Port {port} on 127.0.0.1 .*choose another --tls-port"):
            start(toy_factory, "toy", tmp_path / "toy", tls_port=port)
    assert list(tmp_path.iterdir()) == []


def test_refused_seed_data_leaves_nothing_behind(tmp_path: Path) -> None:
    def refuse(folder: Path | None, clock: Clock, randomness: Randomness, data: Path | None) -> Any:
        raise SeedRefused(f"{data} is bad")

    with pytest.raises(SeedRefused, match="seeds is bad"):
        start(refuse, "toy", tmp_path / "toy", data=tmp_path / "seeds")
    assert list(tmp_path.iterdir()) == []


def test_a_document_left_by_a_killed_sandbox_is_not_mistaken(toy_factory: ApplicationFactory, tmp_path: Path) -> None:
    (tmp_path / "toy.json").write_text('{"http_url": "stale"}')

    def look(folder: Path | None, clock: Clock, randomness: Randomness, data: Path | None) -> Any:
        assert not (tmp_path / "toy.json").exists()
        return toy_factory(folder, clock, randomness, data)

    with start(look, "toy", tmp_path / "toy", document=tmp_path / "toy.json") as running:
        assert json.loads((tmp_path / "toy.json").read_text())["http_url"] == running.http_url


def test_the_clock_given_is_the_clock_used(toy_factory: ApplicationFactory, tmp_path: Path) -> None:
    clock = Clock(frozen=datetime(2025, 1, 31, tzinfo=UTC))
    with start(toy_factory, "toy", tmp_path, clock=clock) as running:
        assert get(running, "clock").json()["now"] == "2025-01-31T00:00:00+00:00"


def test_stopping_twice_is_harmless_and_leaves_no_thread(toy_factory: ApplicationFactory, tmp_path: Path) -> None:
    running = start(toy_factory, "stopper", tmp_path)
    with requests.Session() as kept_alive:
        assert kept_alive.get(f"{running.http_url}/echo").ok
        running.stop()
        running.stop()
    assert [thread.name for thread in threading.enumerate() if "stopper" in thread.name] == []


def test_a_stop_cuts_stalls_short(toy_factory: ApplicationFactory, tmp_path: Path) -> None:
    gone: list[requests.ConnectionError] = []

    def post(url: str) -> None:
        try:
            requests.post(f"{url}/things", json={"name": "one"}, timeout=20)
        except requests.ConnectionError as error:
            gone.append(error)

    running = start(toy_factory, "toy", tmp_path)
    rule = {"at": "before_commit", "do": {"stall": {"seconds": 3600}}}
    requests.post(f"{running.plane_url}/faults", json=rule, headers={"X-Sandbox-Token": running.plane_token}, timeout=5)
    client = threading.Thread(target=post, args=(running.http_url,))
    client.start()
    while not any(planned.fired for planned in running.plane.faults.listed()):
        assert client.is_alive()
    running.stop()
    client.join()
    assert len(gone) == 1
    with start(toy_factory, "toy", tmp_path) as again:
        assert get(again, "log").json()["mutations"] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_cleanly_on_a_signal(
    toy_factory: ApplicationFactory, tmp_path: Path, number: signal.Signals
) -> None:
    told: list[str] = []

    def echo(text: str) -> None:
        document = json.loads((tmp_path / "toy.json").read_text())
        told.extend([text, document["proxy_url"], document["ca_bundle"], document["ca_file"]])
        os.kill(os.getpid(), number)

    before = signal.getsignal(number)
    serve("toy", toy_factory, tmp_path, Ports(), None, echo)
    text, proxy, bundle, authority = told
    for wanted in (
        f"HTTPS_PROXY={proxy}", f"REQUESTS_CA_BUNDLE={bundle}", f"NODE_EXTRA_CA_CERTS={authority}",
        "NODE_USE_ENV_PROXY=1", f"SSL_CERT_FILE={bundle}", "NO_PROXY=",
    ):  # fmt: skip
        assert wanted in text
    assert not (tmp_path / "toy.json").exists()
    assert (tmp_path / "toy" / "toy.db").exists()
    assert signal.getsignal(number) is before

"""What a person gets wrong: one sentence that names the thing and the mend, an exit code, nothing half-written."""

from __future__ import annotations

import csv
import hashlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FAILED, USAGE = 1, 2
HEADER = "customerID,companyName,contactName,contactTitle,address,city,region,postalCode,country,phone,fax"
GOOD = "ALFKI,Alfreds Futterkiste,Maria Anders,Owner,Obere Str. 57,Berlin,NULL,12209,Germany,030-0074321,NULL"
WIDE = "ANTON,Antonio, Moreno,Antonio Moreno,Owner,Mataderos 2312,México D.F.,NULL,05023,Mexico,(5) 555-3932,NULL"


def customers(folder: Path, *lines: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "customers.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def nothing_made(state: Path) -> bool:
    """No system was seeded, no connection saved."""
    return not list(state.rglob("*.json")) and not list(state.rglob("unleashed.db"))


def install(site: Path, distribution: str, plugin: str, source: str) -> None:
    """A stranger's distribution, as an installer would leave it."""
    module = f"{distribution.replace('-', '_')}_module"
    info = site / f"{distribution.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (site / f"{module}.py").write_text(source)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[tieline]\n{plugin} = {module}\n")
    digest = hashlib.sha256(source.encode()).hexdigest()
    (info / "RECORD").write_text(f"{module}.py,sha256={digest},{len(source)}\n")


@pytest.fixture(scope="module")
def erp(tmp_path_factory: pytest.TempPathFactory, make_tieline: Any, eventually: Any) -> Iterator[dict[str, Any]]:
    """A local Unleashed that is up."""
    tieline = make_tieline(tmp_path_factory.mktemp("erp") / "state")
    place = tieline.state / "unleashed.json"
    try:
        running = tieline.start("sandbox", "unleashed")
        eventually(lambda: place.exists() or not running.running, "the sandbox is up")
        yield json.loads(place.read_text())
    finally:
        tieline.stop()


# what the command line is told ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("synk",), "synk"),
        (("sync", "--twice"), "--twice"),
        (("sync", "--interval", "soon"), "soon"),
        (("demo", "--data"), "--data"),
        (("connect", "unleashed"), "NAME"),
        (("sandbox", "org", "--http-port", "70000"), "70000"),
    ],
)
def test_unknown_words(tieline: Any, arguments: tuple[str, ...], named: str) -> None:
    sentence = tieline(*arguments).sentence(USAGE)
    assert named in sentence
    assert "--help" in sentence


@pytest.mark.parametrize(
    "arguments",
    [
        ("demo", "--system", "sap"),
        ("sandbox", "sap"),
        ("connect", "sap", "main", "--set", "a=b"),
        ("package", "plan", "--system", "sap"),
        ("plugins", "allow", "sap"),
    ],
)
def test_unknown_systems(tieline: Any, arguments: tuple[str, ...]) -> None:
    sentence = tieline(*arguments).sentence(FAILED)
    assert "sap" in sentence
    assert nothing_made(tieline.state)


@pytest.mark.deep
def test_nothing_is_connected(tieline: Any) -> None:
    assert "tieline connect" in tieline("sync", "--once").sentence(FAILED)
    assert "tieline connect" in tieline("package", "plan").sentence(FAILED)


@pytest.mark.deep
def test_a_refusal_is_a_document_too(tieline: Any) -> None:
    ran = tieline("demo", "--system", "sap", "--json")
    assert ran.code == FAILED
    assert "sap" in ran.document["error"]["message"]


def test_two_plugins_with_one_name(tieline: Any, tmp_path: Path) -> None:
    site = tmp_path / "site"
    install(site, "first-acme", "acme", "")
    tieline.path.append(site)
    assert tieline("plugins", "allow", "acme").code == 0
    assert tieline("doctor", "--offline").code == 0
    install(site, "second-acme", "acme", "raise SystemExit('imported')")
    for words in (tieline("plugins", "allow", "acme").sentence(FAILED), tieline("doctor", "--offline").out):
        assert "first-acme" in words
        assert "second-acme" in words
    assert tieline("doctor", "--offline").code == FAILED
    assert tieline("connections").code == 0


# connecting -----------------------------------------------------------------------------------------------------------


def connections(tieline: Any) -> list[Any]:
    return list(tieline("connections", "--json").ok()["connections"])


def test_a_missing_secret(tieline: Any) -> None:
    sentence = tieline("connect", "unleashed", "main", "--set", "api_id=abc").sentence(FAILED)
    assert "api_key" in sentence
    assert "--secret-file" in sentence
    assert connections(tieline) == []


def test_a_wrong_key(tieline: Any, erp: dict[str, Any], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(erp | {"api_key": "not-the-key-at-all"}))
    sentence = tieline("connect", "unleashed", "main", "--from", wrong).sentence(FAILED)
    assert "key" in sentence.lower()
    assert "not-the-key-at-all" not in sentence
    assert connections(tieline) == []


def test_nobody_at_the_address(tieline: Any, erp: dict[str, Any], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    away = tmp_path / "away.json"
    gone = dict.fromkeys(("http_url", "tls_url", "proxy_url"), f"http://127.0.0.1:{port}")
    away.write_text(json.dumps(erp | gone))
    sentence = tieline("connect", "unleashed", "main", "--from", away).sentence(FAILED)
    assert "127.0.0.1" in sentence
    assert connections(tieline) == []


@pytest.mark.deep
def test_a_file_that_is_no_document(tieline: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    for file in (broken, tmp_path / "absent.json", tmp_path):
        assert str(file) in tieline("connect", "unleashed", "main", "--from", file).sentence(FAILED)
    assert connections(tieline) == []


# files to start from --------------------------------------------------------------------------------------------------


def test_rows_of_the_wrong_width(tieline: Any, tmp_path: Path) -> None:
    data = customers(tmp_path / "data", HEADER, GOOD, WIDE, WIDE)
    sentence = tieline("sandbox", "unleashed", "--data", data).sentence(FAILED)
    assert str(data / "customers.csv") in sentence
    assert "line 3 has 12 fields, the header has 11; 2 rows" in sentence
    assert nothing_made(tieline.state)


def test_a_missing_column(tieline: Any, tmp_path: Path) -> None:
    data = customers(tmp_path / "data", HEADER.replace(",phone", ""), GOOD.replace(",030-0074321", ""))
    sentence = tieline("demo", "--data", data).sentence(FAILED)
    assert str(data / "customers.csv") in sentence
    assert "phone" in sentence
    assert nothing_made(tieline.state)


@pytest.mark.deep
def test_a_customer_twice(tieline: Any, tmp_path: Path) -> None:
    data = customers(tmp_path / "data", HEADER, GOOD, GOOD)
    assert "ALFKI" in tieline("demo", "--data", data).sentence(FAILED)
    assert nothing_made(tieline.state)


@pytest.mark.deep
def test_no_such_folder(tieline: Any, tmp_path: Path) -> None:
    for data in (tmp_path / "absent", customers(tmp_path / "data", HEADER) / "customers.csv"):
        assert str(data) in tieline("demo", "--data", data).sentence(FAILED)
    assert nothing_made(tieline.state)


def test_the_file_as_it_was_found(tieline: Any, malformed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    text = malformed.read_text(encoding="utf-8")
    (data / "customers.csv").write_text(text, encoding="utf-8")
    rows = list(csv.reader(text.splitlines()))
    bad = [number for number, row in enumerate(rows, 1) if len(row) != len(rows[0])]
    sentence = tieline("demo", "--data", data).sentence(FAILED)
    assert f"line {bad[0]} " in sentence
    assert f"{len(bad)} rows" in sentence
    assert nothing_made(tieline.state)


# the state directory --------------------------------------------------------------------------------------------------


def test_a_state_directory_that_is_in_use(tieline: Any, eventually: Any) -> None:
    demo = tieline.start("demo", "--json")
    eventually(lambda: (tieline.state / "unleashed" / "unleashed.json").exists() or not demo.running, "it plays")
    second = tieline("demo", "--json")
    assert second.code == FAILED
    assert "another" in second.document["error"]["message"]
    assert str(tieline.state) in second.document["error"]["message"]
    assert demo.ended(60)
    summary = json.loads(demo.out)
    assert (summary["accounts"], summary["errors"]) == (8, [])


def test_a_state_directory_that_cannot_be_one(tieline: Any, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for place in (file, file / "below", Path("/proc/tieline")):
        sentence = tieline("demo", "--state", place).sentence(FAILED)
        assert str(place) in sentence
        assert "--state" in sentence
    assert file.read_text() == "mine"


@pytest.mark.parametrize("content", [b"whatever its name says " * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_database_that_is_broken(tieline: Any, content: bytes) -> None:
    tieline.state.mkdir()
    (tieline.state / "tieline.db").write_bytes(content)
    for command in (("status",), ("demo",), ("connections",)):
        sentence = tieline(*command).sentence(FAILED)
        assert str(tieline.state / "tieline.db") in sentence
    assert (tieline.state / "tieline.db").read_bytes() == content
    assert nothing_made(tieline.state)


# the first load -------------------------------------------------------------------------------------------------------


@pytest.mark.deep
def test_a_first_load_that_nobody_confirmed(new_world: Any) -> None:
    since = new_world.org.last()
    ran = new_world.tieline("sync", "--once")
    assert ran.code == USAGE
    assert "--yes" in ran.err.splitlines()[-1]
    assert new_world.org.log(since) == []

"""The tutorial's files and commands, run as a reader would run them; only `pip install` is played."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TUTORIAL = Path(__file__).parent.parent / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(?P<kind>\w+)(?: (?P<info>\S+))?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
PLAN_HAS_CHANGES = 3


@dataclass
class Reader:
    """Somebody in an empty folder with an environment of their own."""

    folder: Path
    site: Path
    closing: contextlib.ExitStack
    environment: dict[str, str]
    said: str = ""
    ran: list[str] = field(default_factory=list)

    def follow(self, text: str) -> None:
        for block in BLOCK.finditer(text):
            match block["kind"], block["info"]:
                case "console", _:
                    for line in block["body"].splitlines():
                        self.run(line.removeprefix("$ "))
                case "text", "output":
                    assert block["body"].rstrip() in self.said, f"after {self.ran[-1]!r}:\n{self.said}"
                case _, str(info):
                    (self.folder / info.removeprefix("file=")).write_text(block["body"], "utf-8")

    def run(self, line: str) -> None:
        self.ran.append(line)
        words = line.replace("$PWD", str(self.folder)).split()
        match words:
            case ["pip", "install", "."]:
                self.install()
            case ["export", setting]:
                self.environment |= dict([setting.split("=", 1)])
            case ["cat", name]:
                self.said = (self.folder / name).read_text("utf-8")
            case ["tieline", "sandbox", name, "&"]:
                self.start(name)
            case ["tieline" | "python", *_]:
                self.call(words)
            case _:
                pytest.fail(f"the tutorial has a command nobody runs: {line}")

    def command(self, words: list[str]) -> list[str]:
        return [sys.executable, *(["-m", "tieline"] if words[0] == "tieline" else []), *words[1:]]

    def call(self, words: list[str]) -> None:
        done = subprocess.run(
            self.command(words), cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=100,
            check=False,
        )  # fmt: skip
        wanted = PLAN_HAS_CHANGES if words[1:3] == ["package", "plan"] else 0
        assert done.returncode == wanted, f"{words}: {done.stdout}{done.stderr}"
        self.said = done.stdout

    def start(self, name: str) -> None:
        process = subprocess.Popen(
            self.command(["tieline", "sandbox", name]), cwd=self.folder, env=self.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.closing.callback(self.stop, process)
        assert process.stderr is not None
        for line in process.stderr:  # it says that it is up once its document is written
            if " is up: " in line:
                return
        pytest.fail(f"the sandbox of {name} ended")

    def stop(self, process: subprocess.Popen[str]) -> None:
        process.terminate()
        process.communicate(timeout=30)

    def install(self) -> None:
        """What pip does with this project: the files and what the host reads of the distribution."""
        project = tomllib.loads((self.folder / "pyproject.toml").read_text("utf-8"))
        name, version = project["project"]["name"], project["project"]["version"]
        info = self.site / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        files = project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
        for each in files:
            (self.site / each).write_bytes((self.folder / each).read_bytes())
        hashes = (hashlib.sha256((self.site / each).read_bytes()).hexdigest() for each in files)
        (info / "RECORD").write_text(
            "".join(f"{each},sha256={told},\n" for each, told in zip(files, hashes, strict=True))
        )
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        points = project["project"]["entry-points"]["tieline"].items()
        (info / "entry_points.txt").write_text("[tieline]\n" + "".join(f"{key} = {value}\n" for key, value in points))


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    folder, site = tmp_path / "acme", tmp_path / "site"
    folder.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIELINE_")}
    with contextlib.ExitStack() as closing:
        yield Reader(folder, site, closing, kept | {"PYTHONPATH": str(site)})


@pytest.mark.deep
def test_the_tutorial_works_as_it_is_written(reader: Reader) -> None:
    reader.follow(TUTORIAL.read_text("utf-8"))
    assert sum(line.startswith("tieline") for line in reader.ran) >= 10

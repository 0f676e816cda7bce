"""Guards for the layout: a folder at the top is a root on the path, a package in it carries the project's name."""

from __future__ import annotations

import tomllib
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("core", "plugins", "managed_lists", "layouts")


def _packages(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).iterdir() if not path.name.startswith((".", "__pycache__")))


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_whatever_stands_in_a_root_is_a_typed_package_of_ours(folder: str) -> None:
    for path in _packages(folder):
        assert path.is_dir(), f"{path} would become a module of everybody's"
        assert path.name == "tieline" or path.name.startswith("tieline_"), f"{path} would become `import {path.name}`"
        assert (path / "__init__.py").is_file(), f"{path} would be an open namespace"
        assert (path / "py.typed").is_file(), f"{path} would be untyped for its users"


def test_every_plugin_in_the_repository_is_registered_and_found(project: dict[str, Any]) -> None:
    registered = {value.split(".")[0] for value in project["project"]["entry-points"]["tieline"].values()}
    wanted = {path.name for folder in FOLDERS[1:] for path in _packages(folder)}
    assert wanted <= registered
    found = {point.value.split(".")[0] for point in entry_points(group="tieline")}
    assert wanted <= found, "reinstall: pip install -e ."


def test_no_folder_can_be_imported_as_a_second_copy(project: dict[str, Any]) -> None:
    banned = project["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
    assert set(FOLDERS) <= set(banned)
    assert "TID" in project["tool"]["ruff"]["lint"]["select"]
    for folder in FOLDERS:
        spec = find_spec(folder)
        assert spec is None or spec.origin is None, f"{folder} is importable as a package"


def test_wheel_and_sdist_take_only_what_is_named(project: dict[str, Any]) -> None:
    build = project["tool"]["hatch"]["build"]
    assert build["dev-mode-dirs"] == list(FOLDERS)
    assert build["targets"]["wheel"] == {"only-include": list(FOLDERS), "sources": list(FOLDERS)}
    assert set(FOLDERS) < set(build["targets"]["sdist"]["only-include"])
    assert project["tool"]["mypy"]["mypy_path"].split(":")[:4] == list(FOLDERS)
    assert set(FOLDERS) < set(project["tool"]["ruff"]["src"])


def test_nothing_at_the_top_is_a_package() -> None:
    assert not [folder for folder in (*FOLDERS, "tests", "docs") if (ROOT / folder / "__init__.py").exists()]

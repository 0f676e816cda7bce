"""The documentation says what is: hooks, commands, settings, errors, objects; links lead somewhere."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest

import tieline_unleashed
from tieline import contract
from tieline.cli.commands import COMMANDS
from tieline.cli.exit_codes import DONE, FAILED, INTERRUPTED, PLAN_HAS_CHANGES, USAGE
from tieline.cli.group import common_options, imported
from tieline.contract import Client, Component, CrmClient, Declarations, Outcome
from tieline.contract.hooks import ErpPlugin, Extras
from tieline.host.declarations import gather
from tieline.host.loading import Loaded, Plugins, new_manager
from tieline.host.settings import COMMON, ORG_SETTINGS
from tieline.host.state import StateFolder
from tieline.store.nouns import Status
from tieline_intacct.settings import SETTINGS as INTACCT_SETTINGS
from tieline_layouts.documents import document_objects
from tieline_layouts.links import link_object
from tieline_layouts.requests import request_object
from tieline_sandbox.commands import demo, sandbox
from tieline_sandbox.soak.command import soak
from tieline_simulation.commands import simulate
from tieline_unleashed.settings import SETTINGS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    return (DOCS / "reference" / f"{name}.md").read_text("utf-8")


def section(text: str, title: str) -> str:
    """What stands under a heading, up to the next one of its rank or higher."""
    found = re.search(rf"^(#+) {re.escape(title)}$", text, re.MULTILINE)
    assert found, f"no heading {title!r}"
    rest = text[found.end() :]
    return re.split(rf"^#{{1,{len(found[1])}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[str]:
    """All words in backticks in the first cells of tables."""
    cells = re.findall(r"^\| (`.+?) \| ", text, re.MULTILINE)
    return [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]


# hooks and declarations ------------------------------------------------------------------------------------------


def hooks() -> Iterator[tuple[str, str]]:
    for spec in (ErpPlugin, Extras):
        for name, member in vars(spec).items():
            function = getattr(member, "__func__", member)
            if hasattr(function, "tieline_spec"):
                arguments = [each for each in inspect.signature(function).parameters if each != "self"]
                yield name, f"### `{name}({', '.join(arguments)})`"


def test_every_hook_is_described_with_its_exact_arguments_in_calling_order() -> None:
    described = re.findall(r"^### `.*`$", page("hooks"), re.MULTILINE)
    assert described == [heading for _, heading in hooks()]


@pytest.mark.parametrize(
    ("heading", "noun"),
    [(name, getattr(contract, name)) for name in ("System", "Mapping", "Field", "Action")],
)
def test_every_field_of_a_declaration_is_described(heading: str, noun: type[Any]) -> None:
    assert sorted(rows(section(page("declarations"), heading))) == sorted(each.name for each in fields(noun))


def test_every_noun_and_its_fields_are_mentioned() -> None:
    text = page("declarations") + page("client") + page("hooks")
    for name in contract.__all__:
        noun = getattr(contract, name)
        if is_dataclass(noun) and noun is not Declarations:
            assert re.search(rf"\b{name}\b", text), name
            for field in fields(noun):
                assert re.search(rf"\b{field.name}\b", text), f"{name}.{field.name}"


def test_every_client_method_outcome_and_capability_is_described() -> None:
    text = page("client")
    for name, method in [*vars(Client).items(), *vars(CrmClient).items()]:
        if inspect.isfunction(method) and not name.startswith("_"):
            arguments = [each for each in inspect.signature(method).parameters if each != "self"]
            assert f"`{name}({', '.join(arguments)})`" in text
    for outcome in Outcome.__args__:
        assert f"| `{outcome.__name__}({', '.join(each.name for each in fields(outcome))})` |" in text
    described = rows(section(text, "Capabilities"))
    assert sorted(described) == sorted(each.name for each in fields(contract.Capabilities))


# errors ----------------------------------------------------------------------------------------------------------


def test_every_error_is_drawn_and_explained() -> None:
    text = page("errors")
    tree = inspect.getdoc(contract.errors) or ""
    classes = [each for each in vars(contract.errors).values() if inspect.isclass(each)]
    for error in (each for each in classes if issubclass(each, contract.TielineError)):
        assert error.__name__ in section(text, "Errors and exit codes").split("```")[1]
        assert error is contract.TielineError or f"| `{error.__name__}` |" in text
    drawn = [line.strip() for line in tree.splitlines() if re.search(r"[├└]──", line)]
    assert all(line in text for line in drawn)


def test_every_code_of_ours_is_explained() -> None:
    used: set[str] = set()
    for root in (ROOT / "core" / "tieline", ROOT / "plugins"):
        sources = [path for path in root.rglob("*.py") if "sandbox" not in path.parts]
        for path in sources:
            used |= set(re.findall(r"\bcode=\"([a-z_]+)\"", path.read_text("utf-8")))
    assert used <= set(rows(section(page("errors"), "Codes of the host")))


def test_every_exit_code_is_explained() -> None:
    codes = re.findall(r"^\| (\d+) \|", section(page("errors"), "Exit codes"), re.MULTILINE)
    assert [int(code) for code in codes] == [DONE, FAILED, USAGE, PLAN_HAS_CHANGES, INTERRUPTED]


# commands and settings -------------------------------------------------------------------------------------------


def commands() -> Iterator[tuple[str, click.Command]]:
    own = {name: imported(lazy) for name, lazy in COMMANDS.items()}
    for name, command in {**own, "demo": demo, "sandbox": sandbox, "simulate": simulate, "soak": soak}.items():
        below = command.commands if isinstance(command, click.Group) else {}
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield name, command
        for child, subcommand in below.items():
            yield f"{name} {child}", subcommand


def long_options(parameters: list[click.Parameter]) -> set[str]:
    found = {option for each in parameters if isinstance(each, click.Option) for option in each.opts}
    return {option for option in found if option.startswith("--")}


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_every_command_and_option_is_described(name: str, command: click.Command) -> None:
    text = page("commands")
    common = long_options(list(common_options()))
    headings = re.findall(r"^## `tieline (.+)`$", text, re.MULTILINE)
    heading = next((each for each in headings if each == name or each.startswith(f"{name} ")), None)
    if heading is None:  # told in a sentence below its group
        assert f"`tieline {name} " in text
        return
    described = set(re.findall(r"^\| `(--[a-z-]+)", section(text, f"`tieline {heading}`"), re.MULTILINE))
    assert described == long_options(command.params) - common
    assert common <= set(re.findall(r"`(--[a-z-]+)", text.split("\n## ", 1)[0]))


def test_every_setting_is_described() -> None:
    text = page("settings")
    for heading, settings in (
        ("Every connection", COMMON.values()), ("org", ORG_SETTINGS), ("intacct", INTACCT_SETTINGS),
        ("unleashed", SETTINGS),
    ):  # fmt: skip
        assert rows(section(text, heading)) == [setting.name for setting in settings]
    for setting in (*ORG_SETTINGS, *SETTINGS, *INTACCT_SETTINGS):
        line = next(line for line in text.splitlines() if line.startswith(f"| `{setting.name}` |"))
        assert ("| secret;" in line) == setting.secret
        assert not setting.default or f"`{setting.default}`" in line or setting.default in line


def test_everything_in_the_state_directory_is_described() -> None:
    folder = StateFolder(Path("x"))
    named = set(rows(page("state")))
    assert {folder.database.name, folder.key.name, folder.allow_list.name, "lock", "log/", "packages/"} <= named
    assert folder.log.name in page("state")


# objects in the org ----------------------------------------------------------------------------------------------


def custom_fields(components: Iterator[Component]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in components:
        if each.kind == "CustomField":
            owner, _, name = each.name.partition(".")
            found.setdefault(owner, set()).add(name)
    return found


@pytest.fixture(scope="module")
def unleashed() -> Declarations:
    manager = new_manager()
    manager.register(tieline_unleashed, "unleashed")
    names = tuple(name for name, _ in hooks() if hasattr(tieline_unleashed, name))
    loaded = Loaded("unleashed", "tieline", "0", tieline_unleashed, names)
    return gather(Plugins(manager, (), (loaded,), ())).declarations


def test_every_field_of_our_objects_is_described(unleashed: Declarations) -> None:
    text = page("objects")
    made = custom_fields(iter([*link_object(unleashed), *request_object(unleashed), *document_objects()]))
    assert set(made) == {"ERP_Link__c", "ERP_Request__c", "ERP_Document__c", "ERP_Document_Line__c"}
    lookups = {"Account__c", "Contact__c", "Product2__c", "Opportunity__c", "ERP_Document__c"}  # one for each object
    for owner, names in made.items():
        heading = owner if owner in {"ERP_Link__c", "ERP_Request__c"} else "ERP_Document__c and ERP_Document_Line__c"
        described = set(re.findall(r"`(\w+__c)`", section(text, heading))) | {"ERP_Key__c"}
        assert names - described <= lookups, owner
    for status in Status:
        assert f"| {status} |" in text


# the pages themselves --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    prose = FENCE.sub("", path.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        found = (path.parent / name).resolve() if name else path
        assert found.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.+)$", found.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}, target


def test_every_page_can_be_reached_from_the_readme() -> None:
    linked = "\n".join(path.read_text("utf-8") for path in PAGES)
    fragments = DOCS / "changelog"
    for path in PAGES[1:]:
        if path.parent != fragments or path.name == "README.md":
            assert path.name in linked, f"nothing leads to {path.name}"


def test_no_text_knows_a_machine() -> None:
    """Absolute paths of somebody's machine have no place in the repository."""
    places = re.compile(r"(?<![\w.>)}\"'*/-])/(?:work|root|home|opt|Users|mnt)/\w")
    folders = ("core", "plugins", "managed_lists", "layouts", "tests", "docs", ".ci")
    kinds = {".py", ".md", ".toml", ".txt", ".csv", ".json", ".xml", ".lark", ""}
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in kinds]
    files += [ROOT / name for name in ("README.md", "pyproject.toml", "constraints.txt")]
    for path in files:
        if path.is_file() and "__pycache__" not in path.parts:
            assert not places.search(path.read_text("utf-8")), path


# the readme ------------------------------------------------------------------------------------------------------


def first_block(info: str) -> str:
    text = (ROOT / "README.md").read_text("utf-8")
    return next(found["body"] for found in FENCE.finditer(text) if found["info"] == info)


def test_the_readme_begins_with_the_result_and_an_example() -> None:
    head = "\n".join((ROOT / "README.md").read_text("utf-8").splitlines()[:30])
    blocks = [found["info"] for found in FENCE.finditer(head + "\n")]
    assert blocks == ["console", "python"]
    assert "unleashed and the org agree:" in head
    assert len([line for line in first_block("python").splitlines() if line]) <= 12


def test_the_example_is_the_tutorials_plugin() -> None:
    tutorial = (DOCS / "tutorial.md").read_text("utf-8")
    assert f"```python file=tieline_acme.py\n{first_block('python')}```" in tutorial


def test_the_example_loads_and_its_declarations_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    client = ModuleType("acme_client")
    client.__dict__["AcmeClient"] = object
    monkeypatch.setitem(sys.modules, "acme_client", client)
    module = ModuleType("tieline_acme")
    exec(compile(first_block("python"), "README.md", "exec"), module.__dict__)
    manager = new_manager()
    manager.register(module, "acme")
    manager.check_pending()
    loaded = Loaded("acme", "tieline-acme", "0.1", module, ("register_systems", "register_mappings"))
    host = gather(Plugins(manager, (), (loaded,), ()))
    assert host.plugins.broken == ()
    assert host.declarations.mapping("acme", "customer").crm_object == "Account"


def test_the_result_is_what_the_demonstration_prints() -> None:
    """Word for word but for the numbers of calls, which tests of speed look after."""
    from tieline_sandbox.demo.summary import lines

    document = {
        "system": "unleashed", "accounts": 8, "contacts": 8, "products": 6, "orders_created": 1,
        "order_numbers": ["SO-00000001"], "duplicates": 0, "mismatches": 0, "writes_in_idle_cycle": 0, "errors": [],
        "managed_lists": {"salespersons": 2, "payment_terms": 4, "currencies": 3, "warehouses": 2, "taxes": 2},
        "api_calls": {"crm": 0, "erp": 0},
    }  # fmt: skip
    shown = first_block("console").splitlines()
    assert shown[0] == "$ tieline demo"
    assert shown[1:-1] == list(lines(document))[:-1]
    assert re.fullmatch(r"  API calls: CRM \d+, back office \d+", shown[-1])

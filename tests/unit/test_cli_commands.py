"""Commands are imported when they are asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.main import get_command

from kosho.cli import COMMANDS, app


def modules(*arguments: str) -> set[str]:
    """Modules of Kosho, and heavy ones, that a command loads."""
    code = (
        "import sys\nfrom kosho.cli import main\n"
        f"sys.argv = ['kosho', *{list(arguments)!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write('\\n'.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split("\n"))


def test_a_rate_loads_what_it_needs_and_no_more():
    question = ("rate", "USA", "JPN", "8703.23", "--on", "2025-09-20", "--json")
    modules(*question)  # keeps a copy of the law
    found = modules(*question)
    assert "kosho.cli.rate" in found
    unneeded = {"numpy", "pandas", "rich", "scipy", "xarray", "yaml", "kosho.yamlfile", "kosho.law.references"}
    assert not found & {*unneeded, "kosho.world", "kosho.impact", "kosho.cli.bargain", "kosho.cli.simulate"}


def test_a_scenario_is_told_without_the_brief():
    """Its tables of commitments are those of the page: cells, and nothing that a brief is made with."""
    found = modules("simulate", "japan-us-2025", "--scenario", "deal", "--world", "talks")
    assert "kosho.brief.commitment_tables" in found
    assert not found & {"kosho.brief.model", "kosho.brief.tables", "kosho.brief.figures", "kosho.brief.page"}


def test_the_version_loads_no_command():
    assert not modules("--version") & {"kosho.cli.briefs", *(f"kosho.cli.{name}" for name in COMMANDS)}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_name_and_its_help(name: str):
    command = get_command(app).commands[name]
    assert command.name == name
    assert command.get_short_help_str(200)
    options = {option for parameter in command.params for option in parameter.opts}
    assert "--install-completion" not in options

"""What an optional part of Kosho needs, and how to get it where Kosho is installed as it is here."""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlparse
from urllib.request import url2pathname

from kosho.errors import InputError, Problem
from kosho.language import _

__all__ = ["install", "missing", "require"]


def require(extra: str, *modules: str, what: str) -> None:
    """See to it that the modules of an extra are there; `what` needs them.

    Raises:
        InputError: one is not; the hint is a command that installs them.

    >>> from kosho.extras import require
    >>> require("brief", "json", what="writing a brief")
    """
    if any(find_spec(module) is None for module in modules):
        raise missing(extra, what)


def missing(extra: str, what: str, file: Path | None = None) -> InputError:
    """The error where something needs an extra that is not installed."""
    return InputError(
        Problem(
            _("{what} needs the extra {extra!r}", what=what, extra=extra),
            install(extra),
            file=None if file is None else str(file),
        )
    )


def install(extra: str) -> str:
    """A command that installs an extra: from the checkout that Kosho runs from, else its packages by name.

    Kosho itself is on no package index, so its own name would find nothing there.

    >>> from kosho.extras import install
    >>> "pip install" in install("corridor")
    True
    """
    checkout = _checkout()
    if checkout is not None:
        return f"{_pip()} install -e {_quoted(f'{checkout}[{extra}]')}"
    return f"{_pip()} install {' '.join(_quoted(one) for one in _packages(extra))}"


def _pip() -> str:
    """The pip of the Python that runs this, which need not be the one that the shell finds first."""
    return f"{_quoted(sys.executable)} -m pip" if sys.executable else "pip"


def _checkout() -> Path | None:
    """Folder of an editable installation that is still there."""
    try:
        told = json.loads(metadata.distribution("kosho").read_text("direct_url.json") or "{}")
    except (metadata.PackageNotFoundError, ValueError):
        told = {}
    if not (isinstance(told, dict) and told.get("dir_info", {}).get("editable")):
        return None
    folder = Path(url2pathname(unquote(urlparse(str(told.get("url"))).path)))
    return folder if (folder / "pyproject.toml").is_file() else None


def _packages(extra: str) -> list[str]:
    """What an extra asks for, as the installed distribution has it: `simpy>=4.1`."""
    try:
        needed = metadata.requires("kosho") or []
    except metadata.PackageNotFoundError:
        needed = []
    found: list[str] = []
    for one in needed:
        package, _other, marker = one.partition(";")
        if re.search(rf"""extra\s*==\s*['"]{re.escape(extra)}['"]""", marker):
            name, *bounds = re.split(r"(?=[<>=!~])", package.strip(), maxsplit=1)
            lower = [bound for bound in ",".join(bounds).split(",") if bound.startswith(">=")]
            found.append(name.strip() + ",".join(lower))
    return found or [f"kosho[{extra}]"]


def _quoted(text: str) -> str:
    """As a shell takes it, on every system: in double quotes where it must be in any."""
    return text if re.fullmatch(r"[\w./:\\-]+", text) else f'"{text}"'

"""`kosho serve`: the live table in a browser on this machine, and REST for other programs."""

from __future__ import annotations

import errno
import ipaddress
import secrets
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kosho.cli.terminal import say_whole, show_json
from kosho.errors import InputError, Problem, system_says
from kosho.language import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kosho.serve.sides import Side

__all__ = ["app", "open_cases"]

app = typer.Typer(add_completion=False)
HERE = "127.0.0.1"


@app.command()
def serve(
    case: Annotated[
        str | None, typer.Argument(metavar="[CASE]", help="Shown first; by name or folder.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any that is free.")] = 8000,
    host: Annotated[
        str, typer.Option(help="Another address to answer at; only with the token that is told then.")
    ] = HERE,
    also: Annotated[
        list[str] | None, typer.Option("--case", metavar="FOLDER", help="A case folder that may be opened too.")
    ] = None,
    side: Annotated[
        list[str] | None,
        typer.Option(
            "--side", metavar="FILE", help="What a delegation keeps for itself; its own link is told."
        ),
    ] = None,
    *,
    openapi: Annotated[
        bool, typer.Option("--openapi", help="Print what programs can ask (OpenAPI), and end.")
    ] = False,
) -> None:
    """Open the live table: try packages with their effects at once, in a browser; REST under /api/v1."""
    from kosho.cli.answering import answer
    from kosho.extras import require

    require("serve", "fastapi", "uvicorn", "jinja2", what=_("the live table"))
    import uvicorn

    from kosho.serve import Settings, create_app
    from kosho.serve.guard import LOOPBACK

    known = open_cases([*([] if case is None else [case]), *(also or [])])
    if openapi:
        show_json(create_app(Settings(known, answer)).openapi())
        return
    first = None if case is None else next(name for name, place in known.items() if case in (place, name))
    outside = not _is_loopback(host)
    token = secrets.token_urlsafe(24) if outside else None
    shown = f"[{host}]" if ":" in host else host  # as it stands in an address, and in what a browser asks
    names = (*LOOPBACK, *((shown, socket.gethostname()) if outside else ()))
    sides = _sides(case, first, side or [])
    listening = _bound(host, port)
    where = listening.getsockname()[1]
    found = Settings(known, answer, first, names, token, sides=sides)
    if outside:
        sys.stderr.write(
            _(
                "Warning: others on the network reach this server. Whoever has the token sees the cases and "
                "makes this machine compute; nothing is encrypted.\n"
            )
        )
    address = f"http://{shown}:{where}/"
    query = f"?token={token}" if token else ""
    say_whole(_("{address}{query}  (Ctrl-C ends it)", address=address, query=query))
    for one in sides:
        say_whole(
            _(
                "{party}: {address}{query}#side={party}&key={key}",
                party=one.file.party,
                address=address,
                query=query,
                key=one.key,
            )
        )
    sys.stdout.flush()
    config = uvicorn.Config(create_app(found), log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listening])


def _sides(case: str | None, first: str | None, files: Sequence[str]) -> list[Side]:
    """The files of the delegations, held against the table of the case.

    Raises:
        InputError: a file is wrong, two are of one party, or there is no case that they are for.
    """
    from kosho.case import Case
    from kosho.serve.sides import Side

    if not files:
        return []
    if case is None or first is None:
        raise InputError(
            Problem(_("the files of sides need a case"), _("kosho serve CASE --side FILE"), key="--side")
        )
    found = [Side.read(Path(one)) for one in files]
    parties = [one.file.party for one in found]
    twice = next((party for party in parties if parties.count(party) > 1), None)
    if twice is not None:
        raise InputError(Problem(_("two files are of {twice}", twice=twice), _("one a side"), key="--side"))
    table = Case.load(case).table()
    for one in found:
        one.check(table)
    return found


def open_cases(named: Sequence[str]) -> dict[str, str]:
    """The cases that a server may open, by name: those that ship or are the user's, and folders that are named.

    Raises:
        InputError: a folder is none of a case, or two cases have one name.
    """
    from kosho.case import cases
    from kosho.case_folders import case_folder

    found = {name: name for name in cases()}
    for one in named:
        if one in found:
            continue
        folder = case_folder(one)
        if folder is None:
            raise InputError(
                Problem(
                    _("no case {what!r}", what=one),
                    _("there are {names}; or give a folder", names=", ".join(found)),
                )
            )
        name = folder.resolve().name
        if name in found:
            raise InputError(Problem(_("two cases are called {name!r}", name=name), _("rename a folder")))
        found[name] = one
    return found


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        InputError: there is no such address here, or the port is taken.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        found = socket.socket(family, socket.SOCK_STREAM)
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind((host, port))
            found.listen(256)
        except OSError:
            found.close()
            raise
    except OSError as error:
        message = _(
            "cannot listen at {host}, port {port}: {value}", host=host, port=port, value=system_says(error)
        )
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise InputError(Problem(message, _("try --port 0"), key="--port")) from None
        raise InputError(
            Problem(message, _("127.0.0.1, or an address of this machine"), key="--host")
        ) from None
    return found

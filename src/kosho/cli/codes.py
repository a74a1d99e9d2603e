"""`kosho codes`: what economies, blocs, sectors and product groups are called here."""

from __future__ import annotations

from typing import Annotated

import typer

from kosho.cli.options import Json
from kosho.cli.terminal import chosen, show_json, show_table
from kosho.errors import KoshoError
from kosho.language import _

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def show(
    search: Annotated[
        list[str] | None, typer.Argument(metavar="[WORDS]", help="Words or a code; left out, all are listed.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option(metavar="economy|bloc|sector|group", help="Only codes of this kind.")
    ] = None,
    case: Annotated[str | None, typer.Option(help="With the product groups of this case.")] = None,
    *,
    json: Json = False,
) -> None:
    """List or search economies, blocs, sectors and product groups."""
    from kosho import formatting
    from kosho.law.catalogue import KINDS, catalogue, found, nearest
    from kosho.world.loading import DEFAULT, table

    kinds = KINDS if kind is None else (chosen(kind, KINDS, "--kind"),)
    products = None
    if case is not None:
        from kosho.case import Case

        products = Case.load(case).register.products
    codes = catalogue(products)
    text = " ".join(search or ())
    shown = found(text, codes, kinds) if text else [one for one in codes if one.kind in kinds]
    if not shown:
        hint = nearest(text, codes, kinds)
        raise KoshoError(_("no code for {text!r}", text=text) + (f" ({hint})" if hint else ""))
    held = set(table(DEFAULT).countries)
    content = [
        {
            "code": one.code,
            "kind": one.kind,
            "name": one.name,
            "detail": one.detail,
            "in_table": one.code in held if one.kind == "economy" else None,
        }
        for one in shown
    ]
    if json:
        show_json({"schema_version": 1, "codes": content})
        return
    rows = [
        (
            one.code,
            formatting.word(one.kind),
            one.name + (f"\n{_detail(one.code, one.kind, one.detail, held)}".rstrip()),
        )
        for one in shown
    ]
    show_table(_("Codes"), (_("Code"), _("Kind"), _("Name")), rows)


def _detail(code: str, kind: str, detail: str, held: set[str]) -> str:
    """What is said under a name."""
    if kind == "economy":
        return "" if code in held else _("not in the table that ships")
    return detail

"""Measures of one's own, typed in words or codes: what they reach, what they do, and a case that holds them.

They are read and solved as `kosho simulate CASE --add` does, added to the law in force on the day of the table.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import yaml

from kosho.case import Case, Law
from kosho.codes import country_name, expand_regions
from kosho.errors import InputError, Problem
from kosho.language import SOURCE, _, use
from kosho.law.measure import Measure
from kosho.law.one_line import SOURCE as TYPED
from kosho.law.one_line import OneLine
from kosho.law.product_groups import Products
from kosho.law.scope import ALL
from kosho.record.yaml_insert import Addition, keyed, spliced
from kosho.scenario.added_contract import contract
from kosho.scenario.additions import Added, Way, add_to_case, add_to_law, read_lines
from kosho.scenario.plain_line import PlainLine
from kosho.serve.desk import Desk
from kosho.world import World

__all__ = ["OWN", "effects", "folder", "reached"]

OWN = "own-measures"
"""Id of the overlay and of the scenario that a saved case has of them."""
LARGEST = 20_000_000
"""Bytes of a case folder that is packed."""
SKIPPED = {"out", "__pycache__"}
AS_GIVEN = Way(allow_idle=True)
"""A measure that changes nothing is told, with its reason, and not refused: somebody is typing."""


@dataclass(frozen=True)
class _Read:
    line: OneLine
    said: PlainLine | None


def reached(desk: Desk, texts: Sequence[str], importer: str | None = None) -> dict[str, Any]:
    """What lines say, as they were understood, and the trade that they lie on in the year of the table.

    Raises:
        InputError: a line is wrong; all mistakes are told.
    """
    world = desk.deal.priced[0].shocks.world
    found = _read(desk, texts, importer)
    return {
        "base_year": world.meta.year,
        "against": _against(desk),
        "lines": [
            {
                "text": text,
                "line": one.said.line if one.said else one.line.text,
                "title": one.line.title,
                "importer": one.line.importer,
                "since": None if one.line.since is None else one.line.since.isoformat(),
                "in_all": one.line.in_all,
                "heard": list(one.line.heard),
                "others": [] if one.said is None else list(one.said.others),
                "sectors": list(one.line.covers),
                "trade_musd": (on := trade(one.line, world, desk.case.register.products))[0],
                "at_most": on[1],
            }
            for text, one in zip(texts, found, strict=True)
        ],
    }


def trade(line: OneLine, world: World, products: Products) -> tuple[float | None, bool]:
    """Imports that a line lies on, million USD a year, and whether they are at most that.

    None where the table has none of its buyers, sellers or goods. They are at most that where the share of a
    product group in its sector is not known.
    """
    cells, measure = world.law_cells, line.measures[0]
    buyers = set(expand_regions([line.importer]))
    aimed = set(cells.economies) if ALL in line.include else set(expand_regions(list(line.include)))
    aimed -= buyers | set(expand_regions(list(measure.partners.exclude)))
    here = [(n, code) for n, code in enumerate(cells.economies) if code in buyers]
    there = [(i, code) for i, code in enumerate(cells.economies) if code in aimed]
    if not (here and there and any(code in line.covers for code in cells.sectors)):
        return None, False
    total, at_most = 0.0, False
    scope = measure.scope
    parts, whole = ((), ()) if scope is None else (scope.groups, scope.sectors)
    groups = {products.groups[name].sector: name for name in parts}
    for k, sector in enumerate(cells.sectors):
        if sector not in line.covers:
            continue
        sold = cells.flows[np.ix_([n for n, _code in here], [i for i, _code in there], [k])][:, :, 0]
        if sector in groups and sector not in whole:
            shares = [[products.coverage(groups[sector], n, i) for _i, i in there] for _n, n in here]
            at_most |= any(one is None for row in shares for one in row)
            sold = sold * np.array([[1.0 if one is None else one.value for one in row] for row in shares])
        total += float(sold.sum())
    return total, at_most


def effects(desk: Desk, texts: Sequence[str], importer: str | None = None) -> dict[str, Any]:
    """What lines do in year ten against the law in force, as `kosho simulate --add --json` has it.

    Raises:
        InputError: a line is wrong.
        KoshoError: there is no equilibrium.
    """
    found = added(desk, [one.line.text for one in _read(desk, texts, importer)])
    case, scenario = desk.case.name, _status_quo(desk.case)
    told = contract(found, {"case": case, "scenario": scenario, "elasticities": "central"})
    return told | {"names": {code: country_name(code) for code in found.with_them.base.countries}}


def added(desk: Desk, lines: Sequence[str]) -> Added:
    """Lines in codes, solved on the table of the desk."""
    world, scenario = desk.deal.priced[0].shocks.world, _status_quo(desk.case)
    if scenario is None:
        return add_to_law(lines, desk.as_of, None, AS_GIVEN)
    return add_to_case(desk.case, scenario, lines, desk.as_of, world, AS_GIVEN)


def _status_quo(case: Case) -> str | None:
    return next((name for name, one in case.scenarios.items() if one.role == "status-quo"), None)


def _law(desk: Desk) -> Law:
    case, scenario = desk.spoken[0], _status_quo(desk.case)
    return Law(case.register, desk.as_of, desk.as_of) if scenario is None else case.law(scenario)


def _against(desk: Desk) -> str:
    scenario = _status_quo(desk.case)
    return _("the law in force") if scenario is None else desk.spoken[0].scenario(scenario).title


def _read(desk: Desk, texts: Sequence[str], importer: str | None) -> list[_Read]:
    return [_Read(line, said) for line, said in read_lines(texts, _law(desk), importer)]


def folder(desk: Desk, texts: Sequence[str], importer: str | None = None) -> bytes:
    """A ZIP of a case folder: that of the desk, with the measures as an overlay and a scenario of their own.

    It is opened once before it is given away, as `kosho new` runs what it writes.

    Raises:
        InputError: a line is wrong, the case is too large to be packed, or its files are written such that
            nothing can be put into them.
    """
    source = Path(desk.case.folder)
    name = f"{desk.case.name}-own"
    with use(SOURCE), TemporaryDirectory(prefix="kosho-") as scratch:
        lines = [one.line for one in _read(desk, texts, importer)]
        place = Path(scratch) / name
        files = _files(source)
        for file in files:
            target = place / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
        _put_in(place, desk, lines)
        Case.load(place).scenario(OWN)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(one for one in place.rglob("*") if one.is_file()):
                archive.write(file, f"{name}/{file.relative_to(place).as_posix()}")
        return out.getvalue()


def _files(source: Path) -> list[Path]:
    """Files of a case, none that is hidden or was written by a run."""
    found = [
        one
        for one in sorted(source.rglob("*"))
        if one.is_file()
        and not one.is_symlink()
        and not any(part.startswith(".") or part in SKIPPED for part in one.relative_to(source).parts)
    ]
    if sum(one.stat().st_size for one in found) > LARGEST:
        told = _("the folder holds more than {most} MB", most=LARGEST // 1_000_000)
        raise InputError(Problem(told, _("take away what is no part of the case"), file=source.name))
    return found


def _put_in(place: Path, desk: Desk, lines: Sequence[OneLine]) -> None:
    """The overlay into `measures.yaml`, the scenario into `case.yaml`."""
    measures, case = place / "measures.yaml", place / "case.yaml"
    last = max([desk.as_of, *(line.since for line in lines if line.since)])
    about = {"id": TYPED, "title": "Typed at the live table", "publisher": "the author", "kind": "own"}
    overlay = {
        "title": "; ".join(line.title for line in lines),
        "add": [_plain(one) for line in lines for one in line.measures],
    }
    scenario: dict[str, Any] = {
        "id": OWN,
        "title": "Measures of one's own",
        "role": "reference",
        "description": "; ".join(line.title for line in lines),
        **({"on": last} if last > desk.as_of else {}),
        "overlays": [OWN],
        "status": "assumption",
        "source": [TYPED],
    }
    text = measures.read_text(encoding="utf-8") if measures.is_file() else f"title: {desk.case.name}\n"
    try:
        additions: list[Addition] = [(("sources",), about)]
        measures.write_text(keyed(spliced(text, additions), "overlays", OWN, overlay), encoding="utf-8")
        told = spliced(case.read_text(encoding="utf-8"), [(("scenarios",), scenario)])
        case.write_text(told, encoding="utf-8")
    except (KeyError, yaml.YAMLError):
        hint = _("write its lists one entry below another")
        raise InputError(Problem(_("the measures found no place in this case"), hint, desk.case.name)) from None


def _plain(measure: Measure) -> dict[str, Any]:
    """A measure as a file has it: what differs from what goes without saying, with days that are no aliases."""
    return {
        key: value
        for key, value in measure.model_dump(mode="json", exclude_none=True, exclude_defaults=True).items()
        if value not in ([], {}, "")
    } | {name: date.fromisoformat(getattr(measure, name).isoformat()) for name in ("legal_from", "known_from")}

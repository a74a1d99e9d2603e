"""What files of trade look like: columns by which a format is known, and what they mean (`formats.yaml`)."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from kosho.codes import countries, economy_of_alpha2
from kosho.declared import as_declared
from kosho.errors import InputError, Problem
from kosho.language import _, cached
from kosho.provenance import Frozen, Text
from kosho.yamlfile import load

__all__ = ["Column", "TradeFormat", "formats", "partner_codes", "recognised"]

CountryCodes = Literal["iso3", "iso2", "m49", "census", "japan", "name"]
Column = Literal[
    "importer", "exporter", "reporter", "partner", "flow", "hs", "value", "duty", "rate", "year", "quantity",
    "duty_type",
]  # fmt: skip


class Flows(Frozen):
    """What stands in the column of the flow."""

    imports: tuple[str, ...] = ()
    exports: tuple[str, ...] = ()


class Measure(Frozen):
    """A column that says which figure a row has."""

    column: str
    value: tuple[str, ...]
    duty: tuple[str, ...] = ()


class TradeFormat(Frozen):
    """One format; a file of one's own is told by the same keys.

    >>> from kosho.lines import formats
    >>> formats()["baci"].scale, formats()["estat"].currency
    (1000.0, 'JPY')
    """

    id: str
    title: Text
    kind: Literal["trade", "rates"] = "trade"
    signs: tuple[str, ...]
    """Columns that a file of this format has, and no file of a format listed before."""
    columns: dict[Column, tuple[str, ...]]
    """Names of columns by what they mean; the first that is there counts."""
    importer: str | None = None
    """Where no column says it."""
    reporter: str | None = None
    """As `importer`, of a file with flows both ways."""
    flows: Flows | None = None
    countries: CountryCodes = "iso3"
    digits: int | None = None
    """Of codes that lost their leading zeros."""
    scale: Annotated[float, Field(gt=0)] = 1.0
    currency: str = "USD"
    whole: dict[str, str] = Field(default_factory=dict)
    """Values of columns that break a flow down, on rows of the whole flow; other rows are parts of it."""
    years: bool = False
    """Whether each year has a column."""
    measure: Measure | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _complete(self) -> TradeFormat:
        known = set(self.columns)
        if "hs" not in known or not ({"value", "rate"} & known or self.years):
            raise ValueError("columns need hs, and value or rate")
        if "flow" in known and self.flows is None:
            raise ValueError("a column of flows needs `flows`: what stands for an import, what for an export")
        sides = ("importer" in known or self.importer) and ("exporter" in known or self.kind == "rates")
        both = ("reporter" in known or self.reporter) and "partner" in known
        if not (sides or both):
            raise ValueError("columns need importer and exporter, or reporter, partner and flow")
        return self


class FormatFile(Frozen):
    """`formats.yaml`, and column maps of users."""

    title: Text
    formats: tuple[TradeFormat, ...]


@cached
def _shipped() -> Mapping[str, TradeFormat]:
    return _read(Path(__file__).with_name("formats.yaml"))


def _read(path: Path) -> dict[str, TradeFormat]:
    file, _ = load(path, FormatFile)
    return {one.id: one for one in file.formats}


@as_declared
def formats(path: Path | None = None) -> Mapping[str, TradeFormat]:
    """The formats that are read, by id, those of a file of one's own first, also in place of one that ships.

    Raises:
        InputError: the file is wrong, with its line.

    >>> from kosho.lines import formats
    >>> [name for name in formats() if name.startswith("c")]
    ['comtrade', 'comtrade-old', 'census', 'census-month', 'comext', 'comext-old']
    """
    own = {} if path is None else _read(path)
    return own | {name: one for name, one in _shipped().items() if name not in own}


def recognised(columns: Sequence[str], known: Mapping[str, TradeFormat], file: str) -> TradeFormat:
    """The format of a file by its columns.

    Raises:
        InputError: it is none that is known; the nearest is named.
    """
    have = {column.strip().lower() for column in columns}
    missing = {name: [sign for sign in one.signs if sign.lower() not in have] for name, one in known.items()}
    for name, one in known.items():
        if not missing[name]:
            return one
    nearest = min(missing, key=lambda name: len(missing[name]) / len(known[name].signs))
    told = _("has columns of no format that is known: {columns}", columns=", ".join(columns[:8]))
    lacks = ", ".join(missing[nearest])
    hint = _(
        "nearest is {nearest}, which also has {lacks}; --columns FILE maps columns of your own",
        nearest=nearest,
        lacks=lacks,
    )
    raise InputError(Problem(told, hint, file))


@cache
def partner_codes(system: CountryCodes) -> Mapping[str, str]:
    """ISO3 codes by code or name of a system of trade statistics, in lower case.

    >>> from kosho.lines import partner_codes
    >>> partner_codes("m49")["490"], partner_codes("census")["5880"], partner_codes("iso2")["el"]
    ('TWN', 'JPN', 'GRC')
    """
    if system == "iso3":
        return {code.lower(): code for code in (*countries(), "EU27")}
    if system == "iso2":
        found = {two.lower(): three for two, three in economy_of_alpha2().items()}
        return {**found, "el": "GRC", "uk": "GBR", "xi": "GBR"}
    text = files("kosho.lines").joinpath("data", "partner_codes.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    found = {row["code"]: row["economy"] for row in rows if row["system"] == system}
    if system == "name":
        found |= {name.lower(): code for code, name in countries().items()}
    return found

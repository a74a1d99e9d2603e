"""Between sector codes: what sectors of other classifications are in the ICIO sectors of law and elasticities.

One CSV a classification, each with the official table it follows in its head. `recognised` finds the
classification of some labels; `members` says what each of them stands for.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kosho.codes import sectors as icio
from kosho.errors import InputError, Problem, suggest
from kosho.language import _

__all__ = ["ICIO", "NAMES", "Concordance", "concordance", "recognised", "regions"]

ICIO = "icio"
NAMES: Mapping[str, tuple[str, str]] = {
    ICIO: ("ICIO", ICIO),
    "wiod2013": ("WIOD, release of 2013", "wiod2013"),
    "wiod2016": ("WIOD, release of 2016", "wiod2016"),
    "gtap": ("GTAP", "gtap"),
    "isic4": ("ISIC rev. 4", "isic4"),
    "nace2": ("NACE rev. 2", "isic4"),
    "isic3": ("ISIC rev. 3", "isic3"),
    "nace1": ("NACE rev. 1", "isic3"),
    "icio2016": ("ICIO, edition of 2016", "icio2016"),
    "exiobase-ixi": ("EXIOBASE 3 by industries", "exiobase_ixi"),
    "exiobase-pxp": ("EXIOBASE 3 by products", "exiobase_pxp"),
    "eora26": ("EORA26", "eora26"),
    "gloria": ("GLORIA", "gloria"),
    "itpd": ("broad sectors of ITPD-E", "itpd"),
}
"""Title and file by name. Where labels could be of several, the first stands for those that agree."""

HOW = (
    "give --classification with one of them, or --sectors FILE.csv with columns label,icio,weight that says "
    "which ICIO sectors each label stands for; and --elasticities FILE.csv (sector,theta,log_sd) for "
    "elasticities of one's own"
)


_SECTION = re.compile(r"(?<!\d)([A-U])[A-U]?(\d{2,3})(?!\d)")
"""A section, perhaps with a subsection of NACE rev. 1, before a division or group; no T between two of them."""


@dataclass(frozen=True, eq=False)
class Concordance:
    """What the codes of a classification stand for."""

    name: str
    title: str
    codes: Mapping[str, tuple[str, ...]]
    """ICIO sectors by code, spelled as `_spelled` does."""
    sections: Mapping[str, str]
    """The section that a division or group is in, for labels that have it before them: C10 is no code of a
    classification in which 10 is in another section."""
    ranges: bool
    """Whether codes have sections before them and are put together: C10-C12 for 10, 11 and 12."""

    def members(self, label: str) -> tuple[str, ...]:
        """ICIO sectors of a label; none where it is no code."""
        code = _spelled(label, ranges=self.ranges)
        headed = _SECTION.findall(label) if self.ranges else []
        if any(self.sections.get(division) != section for section, division in headed):
            return ()
        if code in self.codes or not self.ranges:
            return self.codes.get(code, ())
        found: dict[str, None] = {}
        for part in _parts(code, list(self.codes)):
            if part not in self.codes:
                return ()
            found.update(dict.fromkeys(self.codes[part]))
        return tuple(found)


def concordance(name: str) -> Concordance:
    """The concordance of a classification.

    Raises:
        InputError: there is none.
    """
    if name not in NAMES:
        hint = suggest(name, NAMES) or _("one of {names}", names=", ".join(NAMES))
        raise InputError(Problem(_("unknown classification {name!r}", name=name), hint, key="--classification"))
    return _read(name)


def recognised(labels: Sequence[str]) -> Concordance:
    """The classification that all of some labels belong to.

    Raises:
        InputError: none holds them all, or several do and do not agree on what they mean.
    """
    all_of = {name: _read(name) for name in NAMES}
    lacking = {name: [label for label in labels if not one.members(label)] for name, one in all_of.items()}
    fitting = [one for name, one in all_of.items() if not lacking[name]]
    if not fitting:
        name = min(lacking, key=lambda name: len(lacking[name]))
        missing = ", ".join(lacking[name][:8])
        told = _(
            "the sectors are in no known classification; nearest is {title}, without {missing}",
            title=all_of[name].title,
            missing=missing,
        )
        raise InputError(Problem(told, _("known are {names}: {how}", names=", ".join(NAMES), how=HOW)))
    first = fitting[0]
    others = [one for one in fitting if any(one.members(label) != first.members(label) for label in labels)]
    if others and first.name != ICIO:
        names = _(" or ").join(dict.fromkeys([first.name, *(one.name for one in others)]))
        raise InputError(
            Problem(_("the sectors could be codes of {names}, which do not agree", names=names), HOW)
        )
    return first


@cache
def regions() -> Mapping[str, tuple[str, ...]]:
    """Economies of labels that published tables have and ISO 3166 has not, by label; `*` is all others.

    >>> from kosho.world.concordances import regions
    >>> regions()["ROM"], regions()["XEA"]
    (('ROU',), ('PRK', 'MAC'))
    """
    text = files("kosho.world.concordances").joinpath("regions.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["label"]: tuple(row["economies"].split()) for row in rows}


@cache
def _read(name: str) -> Concordance:
    title, file = NAMES[name]
    if file == ICIO:
        return Concordance(name, title, {code.casefold(): (code,) for code in icio()}, {}, ranges=False)
    text = files("kosho.world.concordances").joinpath(f"{file}.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    ranges = file.startswith("isic")
    codes = {
        _spelled(code, ranges=ranges): tuple(row["icio"].split())
        for row in rows
        for code in filter(None, (row["code"], row.get("alias")))
    }
    sections = {row["code"]: row["section"] for row in rows if row.get("section")}
    return Concordance(name, title, codes, sections, ranges)


def _spelled(label: str, *, ranges: bool) -> str:
    """One spelling; where there are ranges, T between their ends and no section before a division.

    Small letters are those of WIOD (15t16) and GTAP.
    """
    if not ranges:
        return label.strip().casefold()
    code = re.sub(r"\s*(?:-|–|_| TO )\s*", "T", label.strip())
    return re.sub(r"(?<![A-Z0-9])D?[A-U](?=\d\d)|(?<=T)D?[A-U](?=\d\d)", "", code)


def _parts(code: str, known: list[str]) -> Iterable[str]:
    """The codes of a range or a list, in the order of the classification."""
    for piece in re.split(r"[,&+;]", code):
        first, _other, last = piece.partition("T")
        if last and first in known and last in known and len(first) == len(last):
            alike = [one for one in known if len(one) == len(first) and one.isdigit() == first.isdigit()]
            yield from alike[alike.index(first) : alike.index(last) + 1]
        else:
            yield piece

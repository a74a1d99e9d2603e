"""Rates the slow and plain way: the YAML files, the written rules, nothing of `kosho.law`.

What it does, for one code of one origin on one day: it takes each smallest part of the goods under the code;
for each part it supposes of every list that was not read in full that the part is on it, and that it is not,
in all combinations; for each combination it works out which measures apply, what each leaves of the others,
and the sum.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import product
from math import inf
from pathlib import Path
from typing import Any

from kosho.codes import blocs
from tests.yaml_files import loaded

DUTIES = ("tariff", "floor", "tariff_quota", "exemption")
YES_UNLESS_TOLD = ("us_232", "informational")
SAME = 1e-9


def plain(code: str) -> str:
    return code.replace(".", "")


def under(code: str, prefixes: list[str]) -> bool:
    return any(code.startswith(prefix) for prefix in prefixes)


def economies(codes: list[str]) -> set[str] | None:
    """Economies that codes stand for; None for all."""
    if "all" in codes:
        return None
    return {one for code in codes for one in (blocs()[code].members if code in blocs() else [code])}


def is_of(imposer: str, importer: str) -> bool:
    return imposer == importer or (imposer in blocs() and importer in blocs()[imposer].members)


def aimed(partners: dict[str, Any] | None, exporter: str) -> bool:
    inside, outside = economies((partners or {}).get("include", ["all"])), (partners or {}).get("exclude", [])
    return (inside is None or exporter in inside) and exporter not in (economies(outside) or set())


def level(value: Any, measure: dict[str, Any], exporter: str) -> float | None:
    """The value for an origin: its own, its bloc's, that of all; None where the measure is not aimed at it."""
    if not isinstance(value, dict):
        return float(value or 0) if aimed(measure.get("partners"), exporter) else None
    for code in (
        exporter,
        *(one for one in value if one in blocs() and exporter in blocs()[one].members),
        "all",
    ):
        if code in value:
            return float(value[code])
    return None


def as_told(value: Any, known: date | None) -> Any:
    """What stands under days, as it was on the last of them by the day of knowledge."""
    if not isinstance(value, dict):
        return value
    told = [day for day in sorted(value) if known is None or day <= known]
    return value[told[-1]] if told else None


@dataclass(frozen=True)
class Shipment:
    """What is asked."""

    importer: str
    exporter: str
    code: str
    on: date
    known: date | None = None
    duty: float = 0.0
    answers: dict[str, str] = field(default_factory=dict)
    content: dict[str, float] = field(default_factory=dict)

    def answer(self, name: str) -> str:
        return self.answers.get(name, "yes" if name in YES_UNLESS_TOLD else "no")


@dataclass(frozen=True)
class Answer:
    rate: float | None
    low: float
    high: float


class Reference:
    """The register as its files have it."""

    def __init__(self, measures: list[Path], products: Path, lines: Path) -> None:
        files = [loaded(path.read_text(encoding="utf-8")) for path in measures]
        self.measures: list[dict[str, Any]] = [one for file in files for one in file.get("measures") or []]
        self.left_out: list[dict[str, Any]] = [one for file in files for one in file.get("not_covered") or []]
        self.lists = {
            name: self._list(one) for file in files for name, one in (file.get("lists") or {}).items()
        }
        groups = loaded(products.read_text(encoding="utf-8"))["groups"]
        self.lists |= {f"group {one['id']}": self._list(one["hs"]) for one in groups}
        rows = [
            row.split() for row in lines.read_text(encoding="ascii").splitlines() if not row.startswith("#")
        ]
        self.lines = sorted(stem + tail for stem, *tails in rows for tail in tails)

    @staticmethod
    def _list(one: dict[str, Any]) -> dict[str, Any]:
        return {
            "prefixes": [plain(code) for code in one["prefixes"]],
            "except": [plain(code) for code in one.get("except") or []],
            "exact": one.get("exact", True),
            "attribute": one.get("attribute"),
        }

    def in_force(self, asked: Shipment) -> list[dict[str, Any]]:
        ended = {
            name
            for one in self.measures
            if one["kind"] == "termination" and self._acts(one, asked)
            for name in one["terminates"]
        }
        return [
            one
            for one in self.measures
            if one["kind"] in DUTIES
            and one["id"] not in ended
            and is_of(one["imposer"], asked.importer)
            and self._acts(one, asked)
            and level(one.get("value"), one, asked.exporter) is not None
        ]

    @staticmethod
    def _acts(one: dict[str, Any], asked: Shipment) -> bool:
        begins = one.get("collected_from") or one["legal_from"]
        ends = as_told(one.get("legal_to"), asked.known)
        return (
            one["stage"] in ("in_force", "expired")
            and begins <= asked.on
            and (ends is None or asked.on <= ends)
            and (asked.known is None or one["known_from"] <= asked.known)
        )

    @cached_property
    def _named(self) -> dict[str, list[str]]:
        return {}

    def named(self, importer: str) -> list[str]:
        """All headings that measures of an importer name, and exceptions to them."""
        if importer not in self._named:
            lists = {
                name
                for one in self.measures
                if one["kind"] != "termination" and is_of(one["imposer"], importer)
                for name in self.lists_of(one)
            }
            codes = {code for name in lists for key in ("prefixes", "except") for code in self.lists[name][key]}
            codes |= {
                plain(code)
                for one in self.left_out
                if one.get("imposer") and is_of(one["imposer"], importer)
                for code in one.get("prefixes") or []
            }
            self._named[importer] = sorted(codes)
        return self._named[importer]

    def lists_of(self, one: dict[str, Any]) -> list[str]:
        scope = one["scope"]
        own: list[str] = []
        if "hs" in scope:
            own = [f"measure {one['id']}"]
            self.lists.setdefault(own[0], self._list(scope["hs"]))
        groups = [f"group {name}" for name in scope.get("groups") or []]
        return [*groups, *(scope.get("lists") or []), *(scope.get("not_lists") or []), *own]

    def parts(self, importer: str, code: str) -> list[str]:
        """Codes that stand each for what is under it and under no longer one of them."""
        inner = [one for one in self.named(importer) if one.startswith(code) and one != code]
        codes = [code, *inner]
        lines = [one for one in self.lines if one.startswith(code)] if importer == "USA" else []
        found: list[str] = []
        for one in codes:
            deeper = [other for other in inner if other.startswith(one) and other != one]
            here = [line for line in lines if line.startswith(one)]
            told = bool(here) and all(any(line.startswith(other) for line in lines) for other in deeper)
            if not deeper or not told or any(not under(line, deeper) for line in here):
                found.append(one)
        return found

    def line(self, importer: str, code: str) -> str:
        """The line of a statistical number that neither the tariff nor any list has."""
        if importer != "USA" or len(code) < 10 or code in self._numbers or code in self.named(importer):
            return code
        return code[:8] if any(code[:8] + tail in self._numbers for tail in self._tails) else code

    @cached_property
    def _numbers(self) -> set[str]:
        return set(self.lines)

    @cached_property
    def _tails(self) -> set[str]:
        return {one[8:] for one in self.lines}

    def answer(self, asked: Shipment) -> Answer:
        law = self.in_force(asked)
        code = self.line(asked.importer, asked.code)
        answers = [self._part(asked, law, part) for part in self.parts(asked.importer, code)]
        rates = [one.rate for one in answers]
        same = all(rate is not None and rates[0] is not None and abs(rate - rates[0]) < SAME for rate in rates)
        return Answer(
            rates[0] if same else None, min(one.low for one in answers), max(one.high for one in answers)
        )

    def _part(self, asked: Shipment, law: list[dict[str, Any]], part: str) -> Answer:
        missing = [
            one
            for one in self.left_out
            if one.get("imposer")
            and is_of(one["imposer"], asked.importer)
            and aimed(one.get("partners"), asked.exporter)
            and "none" in (one.get("preference") or ["none"])
            and under(part, [plain(code) for code in one.get("prefixes") or []])
            and (one.get("first") or date.min) <= asked.on <= (one.get("last") or date.max)
        ]
        frees = [one for one in missing if one.get("excludes")]
        tops = [one.get("raises_to", inf) / 100 for one in missing if one.get("raises")]
        on = {
            name
            for one in law
            for name in self.lists_of(one)
            if under(part, self.lists[name]["prefixes"]) and not under(part, self.lists[name]["except"])
        }
        # What is not settled: on a list not read in full, unless the shipment tells whether it is on it.
        open_ = []
        for name in sorted(on):
            tells = self.lists[name]["attribute"]
            told = tells in asked.answers or (tells is not None and asked.answer(tells) == "no")
            if not self.lists[name]["exact"] and not told:
                open_.append(name)
        as_it_stands = self._total(asked, law, on, set())
        totals = [as_it_stands]
        for flags in product((True, False), repeat=len(open_) + len(frees)):
            off = {name for name, flag in zip(open_, flags, strict=False) if not flag}
            freed = {
                name
                for one, flag in zip(frees, flags[len(open_) :], strict=True)
                if not flag
                for name in one["excludes"]
            }
            totals.append(self._total(asked, law, on - off, freed))
        low, high = min(totals), max(totals) + max([0.0, *(top - asked.duty for top in tops)])
        settled = not tops and max(totals) - min(totals) < SAME
        return Answer(as_it_stands if settled else None, low, high)

    def _total(self, asked: Shipment, law: list[dict[str, Any]], on: set[str], freed: set[str]) -> float:
        covering = [
            one
            for one in law
            if one["id"] not in freed and one["authority"] not in freed and self._covers(asked, one, on)
        ]
        left: dict[str, float] = {}

        def remains(one: dict[str, Any]) -> float:
            """Share of the value that what takes its place leaves it."""
            if one["id"] not in left:
                takers = [
                    other
                    for other in covering
                    if other is not one and {one["id"], one["authority"]} & set(other.get("excludes") or [])
                ]
                left[one["id"]] = max(0.0, 1.0 - sum(remains(other) * taken(other) for other in takers))
            return left[one["id"]]

        def taken(one: dict[str, Any]) -> float:
            """Share of the value it is taken on."""
            share = one.get("value_share")
            if share is None:
                return 1.0
            attribute = share.get("attribute")
            if attribute is None:
                return share["value"]
            if attribute not in asked.content:
                return 1.0 if share.get("unstated") == "whole" else share["value"]
            told = asked.content[attribute]
            counted = min(told, share.get("at_most", 100)) / 100 if told >= share.get("at_least", 0) else 0.0
            of = share.get("of") or ("content" if attribute == "metal_content" else "rest")
            return counted if of == "content" else 1.0 - counted

        total = asked.duty
        for one in covering:
            if one["kind"] == "exemption":
                continue
            value = (
                one["value_out"]
                if one["kind"] == "tariff_quota" and asked.answer("in_quota") == "no"
                else (one["value"])
            )
            rate = (level(value, one, asked.exporter) or 0.0) / 100
            adds = max(0.0, rate - asked.duty) if one["kind"] == "floor" else rate
            total += remains(one) * taken(one) * adds
        return total

    def _covers(self, asked: Shipment, one: dict[str, Any], on: set[str]) -> bool:
        scope = one["scope"]

        def holds(name: str) -> bool:
            tells = self.lists[name]["attribute"]
            return name in on and (tells is None or asked.answer(tells) == "yes")

        left_out = scope.get("not_lists") or []
        inside = [name for name in self.lists_of(one) if name not in left_out]
        return (
            (bool(scope.get("goods")) or any(holds(name) for name in inside))
            and not any(holds(name) for name in left_out)
            and (not scope.get("preference") or "none" in scope["preference"])
            and all(asked.answer(name) == wanted for name, wanted in (scope.get("attributes") or {}).items())
            and all(
                name in asked.content and low <= asked.content[name] < high
                for name, (low, high) in (scope.get("content") or {}).items()
            )
        )

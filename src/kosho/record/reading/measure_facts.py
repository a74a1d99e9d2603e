"""Measures and amounts as drafts: one a product, once each, with whose they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from kosho.record.reading.clauses import Clause
from kosho.record.reading.draft import Modality
from kosho.record.reading.factuality import Force
from kosho.record.reading.measures import find_measures, standing
from kosho.record.reading.quantities import (
    QuantityMention,
    find_quantities,
    flow_of,
    products_in,
    shown,
    trade_sides,
)
from kosho.record.reading.status import in_time
from kosho.record.reading.told import Told

__all__ = ["MeasureFacts"]


@dataclass
class MeasureFacts:
    """Measures and amounts of one document."""

    _told: Told
    enacts: str | None = None
    """Whose acts the text tells where it names nobody."""

    def tell_measures(self, clause: Clause, found: str | None, force: Force) -> None:
        """Measures that a clause tells of, beside a statement of type `found`."""
        told = [] if found in SAYS_OF_THEM else find_measures(self._told.mentions, clause, force)
        if found in NOT_YET:
            told = [one for one in told if "rate_before" in one.fields]
        known = {d.fields.get("rate") for d in self._told.drafts if d.type == "measure"}
        known |= {one.fields.get("rate") for one in told} | {one.fields.get("rate_before") for one in told}
        told += [
            one for one in standing(self._told.mentions, clause, force) if one.fields.get("rate") not in known
        ]
        for measure in told:
            fields = self._whose_act(self._of_those_told(found, measure.fields))
            fields = in_time(fields, self._told.mentions.published)
            same = (
                "measure",
                fields.get("rate"),
                fields.get("products"),
                fields.get("imposed_by"),
                fields["kind"],
            )
            repeated = same in self._told.known
            self._told.known.add(same)
            if repeated:
                continue
            if fields["status"] == "considered":
                modality: Modality = "considered"
            else:
                modality = "planned" if fields["status"] == "announced" else "asserted"
            self._told.add("measure", modality, fields, measure.start, measure.end)

    def _of_those_told(self, found: str | None, fields: dict[str, Any]) -> dict[str, Any]:
        """A duty that a statement is about: what is asked of Y to end is Y's, what X offers to end is X's."""
        last = self._told.drafts[-1] if self._told.drafts else None
        if found not in ("ask", "offer") or "imposed_by" in fields or last is None or last.type != found:
            return fields
        by, to = last.fields.get("by"), last.fields.get("to")
        owner, bearer = (to, by) if found == "ask" else (by, to)
        given = {"imposed_by": owner, "on": bearer} if isinstance(owner, str) else {}
        return {key: value for key, value in given.items() if isinstance(value, str)} | fields

    def _whose_act(self, fields: dict[str, Any]) -> dict[str, Any]:
        """A measure of nobody named: that of the one before it in its sentence, or of whose acts are told."""
        if "imposed_by" in fields:
            return fields
        last = self._told.drafts[-1] if self._told.drafts else None
        if last is not None and last.type == "measure" and last.start >= self._told.span[0]:
            shared = {key: last.fields[key] for key in ("imposed_by", "on") if key in last.fields}
            if "on" not in fields or fields["on"] == shared.get("on"):
                return shared | fields
        if self.enacts and fields.get("on") != self.enacts:
            return {"imposed_by": self.enacts} | fields
        return fields

    def _is_quota(self, clause: Clause) -> bool:
        """Whether the clause tells of a measure: the quota that it names is part of it."""
        told = (d for d in reversed(self._told.drafts) if d.start >= clause.start)
        return any(d.type == "measure" for d in told)

    def tell_quantities(self, clause: Clause, force: Force) -> None:
        """Amounts of trade that a clause tells of."""
        text = self._told.mentions.text
        for amount, start, end in _amounts(text, clause.start, clause.end):
            words = text[start:end]
            flow = flow_of(words)
            at = amount.start - clause.start
            if _FORECAST.search(text, start, amount.start):
                return
            if flow is None or force.withheld(at, at) or (flow == "quota" and self._is_quota(clause)):
                return
            fields: dict[str, Any] = {"value": shown(amount.value), "bound": amount.bound, "flow": flow}
            fields["unit"] = amount.unit + ("/year" if _EACH_YEAR.search(words) else "")
            subject = (
                clause.subject[0].codes
                if clause.subject and clause.subject[0].start >= self._told.span[0]
                else ()
            )
            fields |= trade_sides(self._told.mentions, clause.start, clause.end, subject)
            products = products_in(words)
            if products:
                fields["product"] = products["products"][0]
                fields["hs_hint"] = products["hs_hint"][0]
            self._told.add(
                "quantity", "asserted", {k: v for k, v in fields.items() if v is not None}, start, end
            )


SAYS_OF_THEM = {"ask", "offer", "red_line", "response"}
"""Types beside which a duty is only told where the clause names it as one that is there."""

NOT_YET = {"commitment", "agreement", "agreement_aim", "no_agreement", "deadline"}
"""Types beside which a change of a rate is told as one to come; what is asked for is no measure at all."""

_FORECAST = re.compile(
    r"\b(?:could|might|may|would|forecasts?|estimates? that|expected to|projected|predicts?)\s"
)
"""What is only expected is no amount of trade."""
_EACH_YEAR = re.compile(r"\b(?:annual(?:ly)?|a year|per year|per annum|each year|every year)\b")

_ANOTHER = re.compile(r",\s(?:and\s)?|\sand\s|;\s")


def _amounts(text: str, start: int, end: int) -> list[tuple[QuantityMention, int, int]]:
    """Amounts of a clause with their words: the first, and each behind it with a flow of its own."""
    found = find_quantities(text, start, end)
    kept: list[tuple[QuantityMention, int, int]] = []
    for number, amount in enumerate(found):
        if not number:
            kept.append((amount, start, end))
            continue
        begins = [cut.end() for cut in _ANOTHER.finditer(text, found[number - 1].end, amount.start)]
        if begins and flow_of(text[begins[-1] : amount.start]):
            last = kept[-1]
            kept[-1] = (last[0], last[1], begins[-1])
            kept.append((amount, begins[-1], end))
    return kept

"""How a measure of the register reads in a brief."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kosho.brief.model import MeasureSummary
from kosho.codes import country_name, sector_name
from kosho.law import Measure as Law
from kosho.law import Register
from kosho.law.scope import ALL

__all__ = ["measure"]

NARROW = "\N{NO-BREAK SPACE}"
WITHOUT_RATE = {
    "exemption": "exempt",
    "ban": "banned",
    "advisory": "advised against",
    "quota": "a quota",
    "purchase": "a promise to buy",
    "standard": "a standard",
    "customs": "time at the border",
    "digital": "a rule on data",
    "investment": "an investment",
    "transfer": "a transfer",
    "subsidy": "a subsidy",
    "unpriced": "not priced",
}
FEW = 6
"""Partners that are named with their rates."""


def measure(register: Register, law: Law, parties: Sequence[str]) -> MeasureSummary:
    """A measure in the words of a brief, with the parties it hits."""
    return MeasureSummary(
        id=law.id,
        title=law.title,
        rate=_rate(law),
        imposer=law.imposer,
        partners=_partners(law),
        hits=tuple(code for code in parties if code != law.imposer and law.rate_on(code) is not None),
        scope=_scope(register, law),
        since=law.legal_from,
        until=law.legal_to,
        legal_basis=law.legal_basis,
        sources=law.source,
        status=law.status,
        note=law.note,
    )


def _rate(law: Law) -> str:
    if law.kind in WITHOUT_RATE:
        return WITHOUT_RATE[law.kind]
    unit = f"{NARROW}%" if law.unit == "percent" else f" {law.unit}"
    inside = _rates(law.value) + unit
    share = "" if law.value_share is None else _percent_of_value(law.value_share.value)
    if law.kind == "tariff_quota":
        within = f"+{inside}" if law.value else "nothing"
        return f"{within} inside the quota, +{_rates(law.value_out)}{unit} beyond{share}"
    return f"{inside}{share} in all" if law.kind == "floor" else f"+{inside}{share}"


def _rates(value: float | Mapping[str, float] | None) -> str:
    """One rate, two, or the least and the most of them."""
    if not isinstance(value, Mapping):
        return f"{value or 0.0:g}"
    rates = sorted(set(value.values()), reverse=True)
    return " or ".join(f"{rate:g}" for rate in rates) if len(rates) < 3 else f"{rates[-1]:g} to {rates[0]:g}"


def _percent_of_value(share: float) -> str:
    return "" if share == 1.0 else f" on {100 * share:.0f}{NARROW}% of the value"


def _partners(law: Law) -> str:
    if isinstance(law.value, Mapping):
        named = [f"{country_name(code)} {rate:g}" for code, rate in law.value.items() if code != ALL]
        if ALL not in law.value:
            return _names(law.value) if len(named) > FEW else ", ".join(named)
        return "all" + (f"; {', '.join(named)}" if named else "")
    if law.partners.include != (ALL,):
        return _names(law.partners.include)
    return "all" + (f" but {_names(law.partners.exclude)}" if law.partners.exclude else "")


def _names(codes: Iterable[str]) -> str:
    names = [country_name(code) for code in codes]
    return ", ".join(names) if len(names) <= 8 else f"{len(names)} economies"


def _scope(register: Register, law: Law) -> str:
    """What it covers, where the groups of the register say it; a list of headings is left to the title."""
    if law.scope is None:
        return ""
    groups = register.products.groups
    parts = ["all goods"] if law.scope.goods else []
    parts += [sector_name(code) for code in law.scope.sectors]
    parts += [groups[name].title for name in law.scope.groups]
    if law.scope.hs is not None:
        parts.append(f"{law.scope.hs.edition} {', '.join(law.scope.hs.prefixes)}")
    text = "; ".join(parts)
    if law.scope.preference == ("none",):
        text += " (outside preferences)"
    elif law.scope.preference:
        text += f" ({', '.join(law.scope.preference).upper()})"
    return text.strip()

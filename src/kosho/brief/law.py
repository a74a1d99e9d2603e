"""How a measure of the register reads in a brief."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kosho import formatting
from kosho.brief.model import MeasureSummary
from kosho.codes import country_name, sector_name
from kosho.language import _
from kosho.law import Measure, Register
from kosho.law.rateless import RATELESS
from kosho.law.scope import ALL

__all__ = ["measure_summary"]

NARROW = "\N{NO-BREAK SPACE}"
FEW = 6
"""Partners that are named with their rates."""


def measure_summary(register: Register, measure: Measure, parties: Sequence[str]) -> MeasureSummary:
    """A measure in the words of a brief, with the parties it hits."""
    return MeasureSummary(
        id=measure.id,
        title=measure.title,
        rate=_rate(measure),
        imposer=measure.imposer,
        partners=_partners(measure),
        hits=tuple(code for code in parties if code != measure.imposer and measure.rate_on(code) is not None),
        scope=_scope(register, measure),
        since=measure.legal_from,
        until=measure.legal_to,
        legal_basis=measure.legal_basis,
        sources=measure.source,
        status=measure.status,
        note=measure.note,
    )


def _rate(measure: Measure) -> str:
    if measure.kind in RATELESS:
        return _(RATELESS[measure.kind].short)
    if measure.kind == "exemption":
        return _("exempt")
    unit = f"{NARROW}%" if measure.unit == "percent" else f" {measure.unit}"
    inside = _rates(measure.value) + unit
    share = "" if measure.value_share is None else _percent_of_value(measure.value_share.value)
    if measure.kind == "tariff_quota":
        within = f"+{inside}" if measure.value else _("nothing")
        return _(
            "{within} inside the quota, +{rates}{unit} beyond{share}",
            within=within,
            rates=_rates(measure.value_out),
            unit=unit,
            share=share,
        )
    steps = _(", in {steps} yearly steps", steps=measure.staged.steps) if measure.staged else ""
    if measure.kind == "cut":
        return _("{inside} off the ordinary duty{share}{steps}", inside=inside, share=share, steps=steps)
    if measure.kind == "bind":
        return _("ordinary duty at most {inside}{share}{steps}", inside=inside, share=share, steps=steps)
    return (
        _("{inside}{share} in all", inside=inside, share=share)
        if measure.kind == "floor"
        else f"+{inside}{share}"
    )


def _rates(value: float | Mapping[str, float] | None) -> str:
    """One rate, two, or the least and the most of them."""
    if not isinstance(value, Mapping):
        return formatting.rate(value or 0.0)
    rates = sorted(set(value.values()), reverse=True)
    told = [formatting.rate(rate) for rate in rates]
    return _(" or ").join(told) if len(told) < 3 else _("{told} to {told_2}", told=told[-1], told_2=told[0])


def _percent_of_value(share: float) -> str:
    return (
        ""
        if share == 1.0
        else _(" on {value}{narrow}% of the value", value=formatting.decimals(100 * share, 0), narrow=NARROW)
    )


def _partners(measure: Measure) -> str:
    if isinstance(measure.value, Mapping):
        named = [
            f"{country_name(code)} {formatting.rate(rate)}"
            for code, rate in measure.value.items()
            if code != ALL
        ]
        if ALL not in measure.value:
            return _names(measure.value) if len(named) > FEW else _(", ").join(named)
        return _("all") + (f"; {', '.join(named)}" if named else "")
    if measure.partners.include != (ALL,):
        return _names(measure.partners.include)
    return _("all") + (
        _(" but {names}", names=_names(measure.partners.exclude)) if measure.partners.exclude else ""
    )


def _names(codes: Iterable[str]) -> str:
    names = [country_name(code) for code in codes]
    return _(", ").join(names) if len(names) <= 8 else _("{number} economies", number=len(names))


def _scope(register: Register, measure: Measure) -> str:
    """What it covers, where the groups of the register say it; a list of headings is left to the title."""
    if measure.scope is None:
        return ""
    groups = register.products.groups
    parts = [_("all goods")] if measure.scope.goods else []
    parts += [sector_name(code) for code in measure.scope.sectors]
    parts += [groups[name].title for name in measure.scope.groups]
    if measure.scope.hs is not None:
        parts.append(f"{measure.scope.hs.edition} {', '.join(measure.scope.hs.prefixes)}")
    text = _("; ").join(parts)
    if measure.scope.preference == ("none",):
        text += _(" (outside preferences)")
    elif measure.scope.preference:
        text += f" ({', '.join(measure.scope.preference).upper()})"
    return text.strip()

"""Year one of the trades that a case names, in the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kosho import formatting
from kosho.cli.terminal import say, show_table
from kosho.language import N_, _

if TYPE_CHECKING:
    from kosho.scenario import ProductYear

__all__ = ["HELD", "products", "show_first_year", "show_years", "years"]

HELD = (N_("wages"), N_("exchange rates"), N_("spending of the market on the sector"))


def products(found: Sequence[ProductYear]) -> list[dict[str, Any]]:
    """What `--json` prints of year one: a product with its corners; fractions, million USD, units."""
    return [
        {
            "id": one.flow.id,
            "exporter": one.flow.exporter,
            "importer": one.flow.importer,
            "sector": one.flow.sector,
            "part": one.flow.part,
            "corners": [
                {
                    "sigma": at.sigma,
                    "absorbed": at.absorbed,
                    "number": at.number,
                    "price_before_duty": at.price_before_duty,
                    "price_after_duty": at.price_after_duty,
                    "value": at.value,
                    "base_musd": at.base_value,
                    "duty_paid_musd": at.duty_paid,
                    "base_duty_paid_musd": at.base_duty_paid,
                    "makers_loss_musd": at.makers_loss,
                    "new_units": _units(one, at.number),
                }
                for at in one.corners
            ],
        }
        for one in found
    ]


def _units(one: ProductYear, number: float | None) -> float | None:
    quantity = one.flow.quantity
    return None if quantity is None or number is None else quantity.value * (1.0 + number)


def show_first_year(title: str, against: str, found: Sequence[ProductYear]) -> None:
    """A table of the products that change, at both ends of what makers bear."""
    moved = [one for one in found if any(at.price_after_duty or at.price_before_duty for at in one.corners)]
    rows = [
        (one.flow.title if first else "", bears, *cells)
        for one in moved
        for first, (bears, *cells) in zip((True, False), _bearing(one), strict=True)
    ]
    columns = (
        _("Product"),
        _("Makers bear"),
        _("Number, %"),
        _("Price before duty, %"),
        _("Price after duty, %"),
    )
    columns += (_("Duty, billion USD"), _("Makers forgo, billion USD"))
    show_table(
        _("{title}: year one, against {against}", title=title, against=against), columns, rows, numeric=5
    )
    still = [one.flow.title for one in found if one not in moved]
    if still:
        say(_("No change of duty: {names}.", names=formatting.listed(still)))
    say(
        _(
            "Held: {names}. From x to y: buyers who answer as one year after a change of duty, or as in "
            "the low set of the long run. No source gives one value for what makers bear. Countries have "
            "no year one: its sign would be that of the assumption on wages and deficits.",
            names=formatting.listed([_(name) for name in HELD]),
        )
    )


def _bearing(one: ProductYear) -> list[tuple[str, ...]]:
    from kosho.scenario.year_one import ABSORBED

    rows: list[tuple[str, ...]] = []
    for absorbed in ABSORBED:
        at = one.bearing(absorbed)
        fractions = ("number", "price_before_duty", "price_after_duty")
        changes = [_span([getattr(end, name) for end in at], percent=True) for name in fractions]
        money = [_span([getattr(end, name) for end in at]) for name in ("duty_paid", "makers_loss")]
        rows.append((f"{formatting.decimals(100 * absorbed, 0)} %", *changes, *money))
    return rows


def _span(values: Sequence[float | None], *, percent: bool = False) -> str:
    """Lowest to highest of a figure, once where they are alike."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return formatting.NONE
    if percent:
        texts = [formatting.percent(value, sign=True, decimals=1) for value in known]
    else:
        texts = [formatting.billions(value, part=True) for value in known]
    return _(" to ").join(dict.fromkeys((texts[0], texts[-1])))


def years(
    found: Sequence[ProductYear], ten: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]] | None
) -> list[dict[str, Any]]:
    """Value of the named trades before duty in years one, three and ten, as `--json` prints it; fractions.

    Args:
        found: Year one, against whatever the scenario is compared with.
        ten: Year ten of the flows, as `contract` tells it.
        other: The same of what they are compared with; None is the base.
    """
    from kosho.scenario.year_one import year_three

    late = {one["id"]: one["new_musd"] for one in ten}
    before = {one["id"]: one["base_musd"] for one in ten}
    if other is not None:
        before = {one["id"]: one["new_musd"] for one in other}
    told: list[dict[str, Any]] = []
    for one in found:
        flow = one.flow.id
        last = late[flow] / before[flow] - 1.0 if before[flow] else None
        early = [at.value for at in one.corners]
        middle = [year_three(value, last) for value in early]
        told.append({"id": flow, "year_1": _ends(early), "year_3": _ends(middle), "year_10": last})
    return told


def _ends(values: Sequence[float | None]) -> list[float] | None:
    """The lowest and the highest; None where none is known."""
    known = [value for value in values if value is not None]
    return [min(known), max(known)] if known else None


def show_years(found: Sequence[ProductYear], told: Sequence[dict[str, Any]], against: str) -> None:
    """What `years` has, as a table."""
    rows = [
        (
            one.flow.title,
            *(_span(at[year] or (), percent=True) for year in ("year_1", "year_3")),
            _span([at["year_10"]], percent=True),
        )
        for one, at in zip(found, told, strict=True)
    ]
    title = _("Value before duty, %, against {against}", against=against)
    show_table(title, (_("Flow"), _("Year one"), _("Year three"), _("Year ten")), rows, numeric=3)
    say(
        _(
            "Year three is a rule, for flows only: a straight line in logarithms from year one to year "
            "ten (central elasticities); trade takes seven to ten years to settle (Boehm, Levchenko & "
            "Pandalai-Nayar 2023)."
        )
    )

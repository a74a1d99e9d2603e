"""A package of the reader's own, on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kosho import formatting
from kosho.cli.bargain_words import (
    UNIT,
    heads,
    issue_named,
    named,
    option_title,
    over_both,
    settled,
    show_idle,
    show_shares,
    signed,
)
from kosho.cli.terminal import say, show_table
from kosho.codes import country_name
from kosho.language import _, pgettext

if TYPE_CHECKING:
    from kosho.bargain import Deal

__all__ = ["show_explained"]


def show_explained(deal: Deal, content: dict[str, Any]) -> None:
    """A package of the reader's own."""
    one, parties = content["explained"], content["parties"]
    say(f"{content['title']}: {settled(deal, one['options'])}")
    say(_(UNIT))
    for warning in content["warnings"]:
        say(_("Warning: {warning}.", warning=warning))
    show_idle(deal, content)
    titles = {line["id"]: f"{line['title']} ({country_name(line['party'])})" for line in content["red_lines"]}
    for line in one["crosses"]:
        say(_("It crosses a red line: {titles}", titles=titles[line]))
    if not one["possible"]:
        say(_("It takes apart what only goes together."))
    say("")
    for party in parties:
        for key, does in (("gives", _("gives")), ("gets", _("gets"))):
            mine = [change for change in one["changes"] if party in change[key]]
            text = _("; ").join(
                _(
                    "{issue} {title} instead of {title_2}",
                    issue=issue_named(deal.table, change["issue"]),
                    title=option_title(deal, change["issue"], change["option"]),
                    title_2=option_title(deal, change["issue"], change["fallback"]),
                )
                for change in mine
            )
            who = formatting.the_country(party, starts=True)
            say(_("{who} {does}: {what}", who=who, does=does, what=text or pgettext("change", "nothing")))
    say("")
    columns = heads(parties)
    show_table(_("What it is worth"), columns, [over_both(one, parties)], numeric=len(columns))
    show_shares(deal, _("Which issue carries the gains over no deal"), one, one["gains"])
    for party, change in one["concessions"].items():
        name = formatting.the_country(party, starts=True)
        if change is None:
            say(_("{name} loses, and nothing within the red lines makes it whole.", name=name))
            continue
        amended = named(deal, {issue: change["options"][issue] for issue in change["changed"]})
        costs = _(", ").join(
            _(
                "{country} {signed} billion USD",
                country=country_name(other),
                signed=signed(change["cost"][other]),
            )
            for other in parties
            if other != party
        )
        say(
            _(
                "{name} loses; cheapest for the others that makes it whole: {amended} (costs {costs})",
                name=name,
                amended=amended,
                costs=costs,
            )
        )

"""Britain's terms: 25 % on the metal in a good, and the 10 % of all goods on the rest of its value."""

from __future__ import annotations

import pytest

from kosho.case import Case
from kosho.law import Product

CONTENT = {"steel": 1.0, "aluminium": 1.0, "steel-articles": 0.9, "aluminium-articles": 0.9}
SECTORS = {"steel": "C24A", "aluminium": "C24B", "steel-articles": "C25", "aluminium-articles": "C25"}


@pytest.mark.parametrize("group", SECTORS)
def test_nothing_is_left_of_the_fifty_percent(group: str) -> None:
    law = Case.load("japan-us-2025").law("deal-uk-terms")
    rate = law.register.rate("USA", "JPN", Product(SECTORS[group], group), law.on, law.known)
    added = {layer.measure: layer.value for layer in rate.layers if layer.value and layer.measure != "mfn"}
    content = CONTENT[group]
    wanted = {"metal": 0.25 * content, "rest": 0.10 * (1.0 - content)}
    assert sum(added.values()) == pytest.approx(sum(wanted.values()))
    assert not any("50" in measure for measure in added)

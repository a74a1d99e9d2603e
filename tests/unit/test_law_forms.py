"""What stacks make of whole columns of duties: each floor and each concession, however many others have."""

from __future__ import annotations

import numpy as np
import pytest

from kosho.law.forms import Form, paid_under

DUTIES = np.array([0.0, 0.04, 0.2, np.inf], np.float32)
FORMS = (
    (Form(0.1, ()), [0.1, 0.14, 0.3, np.inf]),
    (Form(0.0, ((1.0, 0.15, False),)), [0.15, 0.15, 0.2, np.inf]),
    (Form(0.01, ((0.5, 0.15, False), (0.5, 0.3, False))), [0.235, 0.235, 0.26, np.inf]),
    (Form(0.0, (), ((0.25, 0.0),)), [0.0, 0.01, 0.05, np.inf]),
    (Form(0.0, ((1.0, 0.15, False),), ((0.5, 0.0),)), [0.15, 0.13, 0.1, np.inf]),
    (Form(0.0, ((1.0, 0.15, True),), ((0.5, 0.0),)), [0.15, 0.15, 0.15, np.inf]),
    (Form(0.0, (), ((0.5, 0.0), (0.0, 0.1))), [0.0, 0.02, 0.1, 0.1]),
    (Form(0.0, (), ((0.25, 0.1),)), [0.0, 0.04, 0.125, np.inf]),
)
"""With what is paid of each duty, by hand."""


@pytest.mark.parametrize("one", range(len(FORMS)))
def test_a_form_alone_gives_what_is_worked_out_by_hand(one: int) -> None:
    form, paid = FORMS[one]
    found = paid_under([[form]], np.zeros(len(DUTIES), np.intp), DUTIES)
    assert found[:, 0] == pytest.approx(paid, rel=1e-6)


def test_forms_beside_others_that_have_more_or_less_give_the_same() -> None:
    forms, paid = zip(*FORMS, strict=True)
    found = paid_under([list(forms)], np.zeros(len(DUTIES), np.intp), DUTIES)
    assert found == pytest.approx(np.array(paid).T, rel=1e-6)
    kinds = np.repeat(np.arange(len(forms)), len(DUTIES))
    below = paid_under([[form] for form in forms], kinds, np.tile(DUTIES, len(forms)))
    assert below[:, 0] == pytest.approx(np.concatenate(paid), rel=1e-6)

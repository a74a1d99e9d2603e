#!/bin/sh
# PyFixest 0.60.0 (MIT, https://github.com/py-econometrics/pyfixest): a gravity equation by PPML gives an agreement whose
# members trade nothing an effect of minus one hundred percent that is more certain than any other.
#
# Seen: fepois drops observations that its fixed effects separate and leaves those that a regressor does
# (`separation_check` is ["fe"] unless told). A dummy of an agreement that is one for flows of zero alone has no
# estimate: the likelihood rises for ever as the coefficient falls (Santos Silva and Tenreyro 2010). The fit "converges"
# where the algorithm stops, here at -20, in other data elsewhere. With plain standard errors the coefficient is as
# uncertain as it should be (thousands). With those that gravity equations are told with, robust ones or clusters of
# pairs, it has a standard error of 0.1 and a t value of -200 or so, because residuals of zero are taken for certainty.
# No warning is given. separation_check=["fe", "ir"] takes the regressor out, with the observations, and so does GME
# 1.3.1 of the US International Trade Commission by itself. The coefficient of distance is the same in all.
#
# This script fails if a default takes the dummy out, or says what it is.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "pyfixest==0.60.0" "gme==1.3.1" "pandas==3.1.1" \
    "numpy==2.4.6" "scipy==1.17.1" "statsmodels==0.15.0"
"$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import contextlib
import io
import warnings

import gme
import numpy as np
import pandas as pd
import pyfixest

NAMES = [f"c{k}" for k in range(8)]
rows = []
for a, exporter in enumerate(NAMES):
    for b, importer in enumerate(NAMES):
        if a != b:
            far = 1 + ((a * 3 + b * 5) % 7) / 3
            trade = float(round(np.exp(4 - far + 0.2 * a - 0.1 * b + 0.3 * np.sin(a * b))))
            agreed = int({a, b} == {0, 1})
            rows.append((exporter, importer, "2020", far, 0.0 if agreed else trade, agreed, f"{min(a, b)}-{max(a, b)}"))
flows = pd.DataFrame(rows, columns=["exporter", "importer", "year", "distance", "trade", "agreement", "pair"])
FORMULA = "trade ~ distance + agreement | exporter + importer"
for errors in ("iid", "hetero", {"CRV1": "pair"}):
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        told = pyfixest.fepois(FORMULA, flows, vcov=errors).tidy()
    one = told.loc["agreement"]
    about = [str(each.message) for each in warned if "separat" in str(each.message).lower()]
    print(errors, "distance", round(told.loc["distance", "Estimate"], 2), "agreement", round(one["Estimate"]), end=" ")
    error = round(one["Std. Error"], 1) if one["Std. Error"] < 1 else "above 1"
    print("error", error, "t below -100:", one["t value"] < -100, about)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    told = pyfixest.fepois(FORMULA, flows, vcov="hetero", separation_check=["fe", "ir"]).tidy()
    print("fe, ir:", {str(name): round(float(value), 2) for name, value in told["Estimate"].items()})
    with contextlib.redirect_stdout(io.StringIO()):
        data = gme.EstimationData(
            data_frame=flows,
            imp_var_name="importer",
            exp_var_name="exporter",
            year_var_name="year",
            trade_var_name="trade",
        )
        model = gme.EstimationModel(
            data, lhs_var="trade", rhs_var=["distance", "agreement"], fixed_effects=["importer", "exporter"]
        )
        found = model.estimate()["all"].params
    print("gme:", {name: round(value, 2) for name, value in found.items() if name in ("distance", "agreement")})
PYTHON
cat "$folder/seen"
cat > "$folder/expected" <<'TEXT'
iid distance -0.99 agreement -20 error above 1 t below -100: False []
hetero distance -0.99 agreement -20 error 0.1 t below -100: True []
{'CRV1': 'pair'} distance -0.99 agreement -20 error 0.1 t below -100: True []
fe, ir: {'distance': -0.99}
gme: {'distance': -0.99}
TEXT
cmp "$folder/expected" "$folder/seen" || { echo "changed"; exit 1; }
